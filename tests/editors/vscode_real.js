// node vscode_real.js: a vault of somebody's: the panel follows what is typed, the card and the quotation are of the same notes.
// RECALL_DRIVE is JSON: as vscode_page.js wants it, and { texts: [{ text, about: title }] }
const { drive, PATIENCE, run } = require("./vscode_page.js");

run(async ({ page, cards, shot, titles, lines, until, openNote, paragraph, toPanel, step }) => {
  await step("open", async () => {
    await page.goto(drive.url, { waitUntil: "domcontentloaded" });
    await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor({ timeout: 60_000 });
    await openNote("Hobbies.md");
    await page.locator(".statusbar-item", { hasText: /^\s*Recall$/ }).first().waitFor({ timeout: 60_000 });
    return {};
  });

  for (const [at, { text, about }] of drive.texts.entries()) {
    await step(`text-${at}`, async () => {
      await paragraph(text);
      await until(`a card of ${about}`, async () => (await titles()).includes(about));
      return { titles: await titles(), sentences: await cards.locator(".sentence").allInnerTexts() };
    });
  }

  await step("hover", async () => {
    const box = await page.locator(".view-line span", { hasText: "meetings" }).last().boundingBox();
    await page.mouse.move(box.x + 60, box.y + box.height / 2, { steps: 4 });
    const card = page.locator(".monaco-hover", { hasText: "Meetings" }).first();
    await card.waitFor({ timeout: PATIENCE });
    await shot("real-hover");
    await page.mouse.move(640, 790);
    return { text: await card.innerText().catch(() => "") };
  });

  await step("quote", async () => {
    await toPanel();
    await page.keyboard.press("q");
    await until("the quotation", async () => (await lines()).includes("> —"));
    return { lines: await lines() };
  });
});
