// node vscode_refresh.js: milliseconds from the last key to painted cards, of the panel in VS Code.
// RECALL_DRIVE is JSON: as vscode_page.js wants it, and { sentences, rounds }; they are typed one after another.
const { drive, run } = require("./vscode_page.js");

run(async ({ page, panel, openNote, toEnd, step }) => {
  await step("open", async () => {
    await page.goto(drive.url, { waitUntil: "domcontentloaded" });
    await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor();
    await openNote("Compost.md");
    await page.locator(".statusbar-item", { hasText: /^\s*Recall$/ }).first().waitFor();
    await toEnd();
    return {};
  });

  await step("refresh", async () => {
    const inner = panel.locator("body");
    // Both clocks are the browser's own, in milliseconds since 1970: keys in the window, cards in the view's frame.
    await page.evaluate(() => addEventListener("keydown", () => (window.lastKey = Date.now()), true));
    await inner.evaluate((body) => {
      const stamp = () => requestAnimationFrame(() => setTimeout(() => (body.dataset.stamp = String(Date.now()))));
      new MutationObserver(stamp).observe(body, { attributes: true, attributeFilter: ["data-painted"] });
    });
    const taken = [];
    for (let round = 0; round < drive.rounds; round++) {
      await page.keyboard.press("Control+End");
      await page.keyboard.press("Enter");
      await page.keyboard.press("Enter");
      await page.keyboard.type(drive.sentences[round % drive.sentences.length], { delay: 20 });
      const last = await page.evaluate(() => window.lastKey);
      const stamp = async () => Number(await inner.getAttribute("data-stamp"));
      for (let wait = 0; wait < 100 && (await stamp()) <= last; wait++) await page.waitForTimeout(30);
      taken.push((await stamp()) - last);
    }
    return { taken };
  });
});
