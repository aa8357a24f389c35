// node vscode_ghost.js: ghost text as a writer meets it: seen, taken whole or by words, cycled, sent away, at several cursors.
// RECALL_DRIVE is JSON: as vscode_page.js wants it, and { begun, kettle, letter, linked }: what is typed, and what the last becomes
const { drive, run } = require("./vscode_page.js");

const REST = "and cut it once.";

run(async ({ page, shot, lines, until, command, openNote, step }) => {
  const shown = page.locator('[class*="ghost-text"]:not([class*="ghost-text-widget"])');
  const plain = (text) => text.replace(/\s+/g, " ").trim();
  const ghost = async () => plain((await shown.allInnerTexts()).join(""));
  const ghostIs = (wanted) => until(`the ghost "${wanted}"`, async () => (await ghost()) === wanted);
  /** The same; while there is none, its last letter is typed again: the index may not have been there yet. */
  const ghostAfter = (text, wanted) =>
    until(`the ghost "${wanted}"`, async () => {
      const end = Date.now() + 4_000;
      while (Date.now() < end && (await ghost()) !== wanted) await page.waitForTimeout(40);
      if ((await ghost()) === wanted) return true;
      await page.keyboard.press("Backspace");
      await page.keyboard.type(text.at(-1));
      return false;
    });
  const noGhost = () => until("no ghost", async () => !(await ghost()));
  /** All that is written, once no ghost is in it. */
  const written = async () => {
    await noGhost();
    return plain(await lines());
  };
  /** Types it into an empty note; in two lines of it at once with `cursors`. */
  const write = async (text, cursors = false) => {
    await page.locator(".editor-instance .view-lines").first().click();
    for (const key of ["Escape", "Escape", "Control+a", "Delete"]) await page.keyboard.press(key);
    await until("an empty note", async () => !plain(await lines()));
    if (cursors) for (const key of ["Enter", "Shift+Alt+ArrowUp"]) await page.keyboard.press(key);
    await page.keyboard.type(text, { delay: 20 });
  };

  await step("open", async () => {
    await page.goto(drive.url, { waitUntil: "domcontentloaded" });
    await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor({ timeout: 60_000 });
    await page.locator(".statusbar-item", { hasText: /^\s*Recall$/ }).first().waitFor({ timeout: 60_000 });
    await openNote("Draft.md");
    return {};
  });

  for (const [name, typed] of [
    ["word-end", drive.begun],
    ["space", `${drive.begun} `],
  ]) {
    await step(name, async () => {
      await write(typed);
      await ghostAfter(typed, REST);
      await shot(`ghost-${name}-shown`);
      await page.keyboard.press("Tab");
      return { written: await written() };
    });
  }

  await step("words", async () => {
    await write(drive.begun);
    await ghostAfter(drive.begun, REST);
    await page.keyboard.type(" a", { delay: 200 });
    await ghostIs("nd cut it once.");
    await page.keyboard.press("Control+ArrowRight");
    await ghostIs("cut it once.");
    await page.keyboard.press("Control+ArrowRight"); // the space or the word
    await until("a word more", async () => {
      const left = await ghost();
      if (left === "cut it once.") await page.keyboard.press("Control+ArrowRight");
      return left === "it once.";
    });
    await shot("ghost-words-shown");
    await page.keyboard.press("Tab");
    return { written: await written() };
  });

  await step("cycle", async () => {
    await write(drive.kettle);
    await command("Trigger Inline Suggestion");
    await until("a ghost", ghost);
    const seen = [await ghost()];
    for (const key of ["Alt+BracketRight", "Alt+BracketRight", "Alt+BracketRight", "Alt+BracketLeft"]) {
      await page.keyboard.press(key);
      await until(`another ghost than "${seen.at(-1)}"`, async () => ![seen.at(-1), ""].includes(await ghost()));
      seen.push(await ghost());
      await shot(`ghost-cycle-${seen.length}`);
    }
    await page.keyboard.press("Tab");
    return { seen, written: await written() };
  });

  await step("cursors", async () => {
    await write(drive.begun, true);
    await until("a ghost at both", async () => (await ghost()).split(REST).length === 3);
    await shot("ghost-cursors-shown");
    await page.keyboard.press("Tab");
    return { written: await written() };
  });

  await step("dismiss", async () => {
    await write(drive.begun);
    await ghostAfter(drive.begun, REST);
    await page.keyboard.press("Escape");
    await noGhost();
    await page.waitForTimeout(1_500);
    const later = await ghost();
    await page.keyboard.type(" or", { delay: 100 });
    await page.waitForTimeout(1_500);
    return { later, other: await ghost(), written: await written() };
  });

  await step("link", async () => {
    await write(drive.letter);
    await until("the link as a ghost", async () => (await ghost()).startsWith("→ [["));
    await shot("ghost-link-shown");
    await page.keyboard.press("Tab");
    await until("the link", async () => (await written()) === drive.linked);
    return { written: await written() };
  });

  await step("link-cursors", async () => {
    await write(drive.letter, true);
    await page.waitForTimeout(2_000);
    return { seen: await ghost() };
  });
});
