// node vscode_refresh.js: milliseconds from the last key to painted cards, of the panel in VS Code.
// RECALL_DRIVE as for vscode_drive.js, with `sentences` (typed one after another) and `rounds`.
const fs = require("node:fs");
const path = require("node:path");
const drive = JSON.parse(process.env.RECALL_DRIVE);
const { chromium } = require(drive.playwright);

async function main() {
  const context = await chromium.launchPersistentContext(path.join(drive.shots, "..", "browser"), {
    executablePath: drive.chromium,
    headless: true,
    viewport: { width: 1280, height: 800 },
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(60_000);
  await page.goto(drive.url, { waitUntil: "domcontentloaded" });
  await page.locator(".explorer-folders-view .monaco-list-row", { hasText: "Compost.md" }).first().dblclick();
  await page.locator(".statusbar-item", { hasText: /^\s*Recall$/ }).first().waitFor();
  await page.locator(".view-line").first().click();
  const inner = page.frameLocator("iframe.webview").frameLocator("#active-frame").locator("body");
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
    for (let wait = 0; wait < 100 && Number(await inner.getAttribute("data-stamp")) <= last; wait++) await page.waitForTimeout(30);
    taken.push(Number(await inner.getAttribute("data-stamp")) - last);
  }
  fs.writeFileSync(drive.answers, JSON.stringify({ taken }));
  await context.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
