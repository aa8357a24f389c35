// node vscode_links.js: two folders in one window; links followed, found, renamed and mended; quick picks; a screen reader's view.
// RECALL_DRIVE is JSON: as vscode_page.js wants it, and { garden: folder }
const fs = require("node:fs");
const path = require("node:path");
const { drive, PATIENCE, run } = require("./vscode_page.js");

const inGarden = (name) => path.join(drive.garden, name);
const read = (name) => (fs.existsSync(inGarden(name)) ? fs.readFileSync(inGarden(name), "utf8") : "");

run(async ({ page, panel, cards, shot, titles, lines, until, rows, input, command, quickOpen, openNote, goTo, press, toPanel, step }) => {
  const shown = async () => (await rows.allInnerTexts()).map((row) => row.replace(/\s+/g, " ").trim());
  const tab = (name) => page.locator(".editor-group-container .tab.active", { hasText: name });
  const tabNow = (name) => tab(name).first().waitFor({ timeout: PATIENCE });

  const renameBox = page.locator(".rename-box input").first();

  await step("open", async () => {
    await page.goto(drive.url, { waitUntil: "domcontentloaded" });
    await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor({ timeout: 60_000 });
    await page.locator(".statusbar-item", { hasText: /^\s*Recall$/ }).first().waitFor({ timeout: 60_000 });
    await openNote("Week.md");
    await goTo(3, 5);
    await command("Recall: Go to the Related Notes");
    await cards.nth(2).waitFor({ timeout: 60_000 }); // all of the garden
    return { titles: await titles() };
  });

  await step("spoken", async () => {
    await toPanel();
    await page.keyboard.press("ArrowRight");
    const focused = await panel.locator("button:focus").getAttribute("aria-keyshortcuts");
    await page.keyboard.press("ArrowLeft");
    return {
      tree: await panel.locator("main").ariaSnapshot(),
      live: await panel.locator("[role=status]").evaluateAll((found) => found.map((one) => [one.id, one.ariaLive])),
      stops: await panel.locator('[tabindex="0"]').count(),
      focused,
    };
  });

  await step("zoom", async () => {
    await page.setViewportSize({ width: 640, height: 400 }); // as the browser's window is at 200 %
    await page.waitForTimeout(500);
    const wide = await panel.locator("body").evaluate(({ ownerDocument: { documentElement: page } }) => page.scrollWidth - page.clientWidth);
    await shot("zoom-200");
    await page.setViewportSize({ width: 1280, height: 800 });
    return { wide };
  });

  await step("text-only", async () => {
    const found = await panel.locator("#cards").innerText();
    return { found, foreign: await panel.locator("img, b, iframe, a, #cards script").count(), title: await page.title() };
  });

  await step("definition", async () => {
    await openNote("Week.md");
    await goTo(3, 16);
    await press("F12", tab("Tools.md"));
    await page.locator(".statusbar-item", { hasText: "Ln 3, Col" }).first().waitFor({ timeout: PATIENCE });
    return {};
  });

  await step("references", async () => {
    await goTo(3, 6);
    const tree = page.locator(".reference-zone-widget .ref-tree .monaco-list-row");
    await press("Shift+F12", tree.nth(1));
    const found = (await tree.allInnerTexts()).join(" ").replace(/\s+/g, " ");
    await shot("references-open");
    await page.keyboard.press("Escape");
    return { found };
  });

  await step("symbols", async () => {
    await openNote("Log.org"); // a note's headings in Markdown are the editor's own
    await quickOpen("@");
    await rows.filter({ hasText: "Sowing" }).first().waitFor({ timeout: PATIENCE });
    const inNote = await shown();
    await shot("symbols-note");
    await page.keyboard.press("Escape");
    await quickOpen("#dibber");
    await rows.filter({ hasText: "Dibber" }).first().waitFor({ timeout: PATIENCE });
    const inAll = await shown();
    await shot("symbols-all");
    await page.keyboard.press("Escape");
    return { inNote, inAll };
  });

  await step("fix", async () => {
    await openNote("Week.md");
    await page.locator(".squiggly-warning").first().waitFor({ timeout: PATIENCE });
    await goTo(5, 31);
    await press("Control+.", page.locator(".action-widget .monaco-list-row", { hasText: "Change to" }));
    await page.waitForTimeout(200);
    await shot("fix-offered");
    const offered = (await page.locator(".action-widget .monaco-list-row").allInnerTexts()).map((one) => one.trim());
    await page.keyboard.press("Enter");
    await until("the mended link", async () => (await lines()).includes("](Seeds.md)"));
    await page.keyboard.press("Control+s");
    await until("no warning", async () => (await page.locator(".squiggly-warning").count()) === 0);
    return { offered, lines: await lines() };
  });

  const toCard = async (title) => {
    await toPanel();
    for (let walk = 0; walk < 5; walk++) {
      await page.keyboard.press("Home");
      for (let at = 0; at < 6; at++) {
        if ((await panel.locator("li:focus .title").innerText()).startsWith(title)) return;
        await page.keyboard.press("ArrowDown");
      }
      await page.waitForTimeout(500); // the cards may have changed places meanwhile
    }
    throw new Error(`no card of ${title}`);
  };

  await step("taught", async () => {
    await goTo(3, 5);
    await until("cards", async () => (await titles()).includes("Tools") && (await titles()).includes("Seeds"));
    await toCard("Tools");
    await page.keyboard.press("p");
    await until("it is pinned", async () => (await panel.locator("li.pinned").count()) === 1);
    await toCard("Seeds");
    await page.keyboard.press("d");
    await until("it is gone", async () => !(await titles()).includes("Seeds"));
    await page.keyboard.press("Escape");
    return { titles: await titles() };
  });

  await step("rename-heading", async () => {
    await openNote("Tools.md");
    await goTo(3, 6);
    await press("F2", renameBox);
    await renameBox.fill("Planting stick");
    await shot("rename-box");
    await page.keyboard.press("Enter");
    await until("the heading", async () => read("Tools.md").includes("## Planting stick"));
    await until("the links", async () => read("Week.md").includes("[[Tools#Planting stick]]") && read("Seeds.md").includes("[[Tools#Planting stick|dibber]]"));
    return { week: read("Week.md"), seeds: read("Seeds.md") };
  });

  await step("rename-note", async () => {
    await openNote("Week.md");
    await goTo(5, 12);
    await press("F2", renameBox);
    await renameBox.fill("Shed tools");
    await page.keyboard.press("Enter");
    await until("the file", async () => fs.existsSync(inGarden("Shed tools.md")) && !fs.existsSync(inGarden("Tools.md")));
    await until("the links", async () => (await lines()).includes("[[Shed tools]]") && (await lines()).includes("[[Shed tools#Planting stick]]"));
    await goTo(3, 5);
    const after = await lines();
    await toCard("Tools");
    await page.keyboard.press("Enter");
    await tabNow("Shed tools.md");
    return { lines: after };
  });

  await step("rename-file", async () => {
    await page.locator(".explorer-folders-view .monaco-list-row", { hasText: "Seeds.md" }).first().click();
    await press("F2", page.locator(".explorer-item-edited input"));
    await page.locator(".explorer-item-edited input").fill("Seed tin.md");
    await page.keyboard.press("Enter");
    const asked = page.locator(".monaco-dialog-box", { hasText: "Recall" }); // whether the links may be changed too
    await asked.waitFor({ timeout: PATIENCE });
    await shot("rename-file-asked");
    await asked.locator(".monaco-button", { hasText: "OK" }).click();
    await until("the file", async () => fs.existsSync(inGarden("Seed tin.md")));
    await openNote("Week.md");
    await until("the link", async () => (await lines()).includes("](Seed%20tin.md)"));
    await goTo(3, 5);
    return { lines: await lines() };
  });

  await step("hidden", async () => {
    await command("Recall: Notes That Are Not Shown");
    await rows.filter({ hasText: "not near" }).first().waitFor({ timeout: PATIENCE });
    const hidden = await shown();
    await shot("hidden-picked");
    await page.keyboard.press("Enter");
    await until("it is back", async () => (await titles()).some((title) => title.startsWith("Seed")));
    return { hidden, titles: await titles() };
  });

  await step("menu", async () => {
    await command("Recall: Status and Actions");
    await rows.filter({ hasText: "garden" }).first().waitFor({ timeout: PATIENCE });
    const found = await shown();
    await shot("menu-open");
    await page.keyboard.press("Escape");
    return { found };
  });

  await step("search", async () => {
    await command("Recall: Search Your Notes");
    await input.first().fill("dough that rests in the cold larder");
    await rows.filter({ hasText: "The two-day loaf" }).first().waitFor({ timeout: PATIENCE });
    const loaf = await shown();
    await shot("search-open");
    await input.first().fill("a broken spade handle");
    await until("the other folder's", async () => (await shown()).slice(0, 2).some((row) => row.startsWith("Shed tools")));
    const spade = await shown();
    if (!spade[0].startsWith("Shed tools")) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await tabNow("Shed tools.md");
    return { loaf, spade };
  });

  await step("two-folders", async () => {
    await openNote("The two-day loaf.md");
    await page.locator(".view-line", { hasText: /Changed.one.thing/ }).click();
    await until("cards of the other folder", async () => (await titles()).length > 1 && !(await titles()).slice(1).includes("Week"));
    return { titles: await titles() };
  });
});
