// VS Code in Chromium: the page, and what each of the scripts that drive it needs.
// RECALL_DRIVE is JSON with { url, playwright, chromium, shots, answers, settings: [files], profile?: folder, only?: [steps] }
const fs = require("node:fs");
const path = require("node:path");
const drive = JSON.parse(process.env.RECALL_DRIVE);
const { chromium } = require(drive.playwright);

const PATIENCE = 25_000;

/** Runs `steps`; what they saw is in the file of answers, also when one of them fails. */
function run(steps) {
  main(steps).catch((error) => {
    console.error(error);
    process.exit(1);
  });
}

async function main(steps) {
  const context = await chromium.launchPersistentContext(path.join(drive.shots, "..", drive.profile ?? "browser"), {
    executablePath: drive.chromium,
    headless: true,
    viewport: { width: 1280, height: 800 },
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(2 * PATIENCE);
  const seen = {};
  try {
    await steps(tools(page, seen));
  } finally {
    fs.writeFileSync(drive.answers, JSON.stringify(seen, null, 1));
    await context.close();
  }
}

function tools(page, seen) {
  const panel = page.frameLocator("iframe.webview").frameLocator("#active-frame");
  const cards = panel.locator("#cards li");
  const shot = (name) => page.screenshot({ path: path.join(drive.shots, `${name}.png`) });
  const titles = async () => (await cards.locator(".title").allInnerTexts()).map((title) => title.split("\n")[0]);
  const lines = async () =>
    (await page.locator(".editor-instance .view-lines").first().innerText()).replace(/\s+/g, " ");
  const until = async (what, done) => {
    const end = Date.now() + PATIENCE;
    while (Date.now() < end) {
      if (await done()) return;
      await page.waitForTimeout(40);
    }
    throw new Error(`not in time: ${what}`);
  };
  const set = (settings) => {
    for (const file of drive.settings) {
      const now = JSON.parse(fs.readFileSync(file, "utf8"));
      fs.writeFileSync(file, JSON.stringify({ ...now, ...settings }));
    }
  };
  const input = page.locator(".quick-input-widget input");
  const rows = page.locator(".quick-input-list .monaco-list-row");
  const came = (work) => work.then(() => true, () => false);
  const quickOpen = async (text, key = "Control+p") =>
    until(`quick open for ${text}`, async () => {
      await page.keyboard.press(key); // it closes again when something else takes the focus
      return came(input.first().fill(text, { timeout: 3_000 }));
    });
  /** Takes what quick open finds for the text once that is what Enter takes, and again until it was heard. */
  const take = (text, found, done, key) =>
    until(`${text} taken`, async () => {
      await quickOpen(text, key);
      const first = page.locator(".quick-input-list .monaco-list-row.focused", { hasText: found });
      if (!(await came(first.waitFor({ timeout: 5_000 })))) return false;
      await page.keyboard.press("Enter");
      return !done || came(done.first().waitFor({ timeout: 5_000 }));
    });
  const command = (name) => take(`>${name}`, name, undefined, "F1");
  const openNote = (name) => {
    const named = new RegExp(name.replace(/[ .]/g, "."));
    return take(name, named, page.locator(".tab.active", { hasText: named }));
  };
  const goTo = (line, column) =>
    take(`:${line}:${column}`, /to line/i, page.locator(".statusbar-item", { hasText: new RegExp(`Ln ${line}, Col ${column}\\b`) }));
  /** Presses the key, and again as long as nothing comes of it: another part of the window may have had the focus. */
  const press = (key, come) =>
    until(`what ${key} shows`, async () => {
      await page.keyboard.press(key);
      return came(come.first().waitFor({ timeout: 8_000 }));
    });
  const toEnd = async () => {
    await page.locator(".editor-instance .view-lines").first().click();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+End");
  };
  const paragraph = async (text) => {
    await toEnd();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.keyboard.type(text, { delay: 4 });
  };
  const toPanel = async () => {
    await page.keyboard.press("Control+Alt+r");
    await until("the panel has the focus", async () => (await panel.locator("li:focus").count()) === 1);
  };
  const step = async (name, work) => {
    if (drive.only && !drive.only.includes(name) && name !== "open") return;
    const begun = Date.now();
    try {
      seen[name] = { ...(await work()), ms: Date.now() - begun };
    } catch (error) {
      seen[name] = { error: error.message.split("\n")[0], ms: Date.now() - begun };
    }
    await shot(name).catch(() => undefined);
    fs.writeFileSync(drive.answers, JSON.stringify(seen, null, 1));
    if (name === "open" && seen.open.error) throw new Error(seen.open.error);
  };
  return {
    page, panel, cards, shot, titles, lines, until, set, rows, input, command, quickOpen, openNote, goTo, press,
    toEnd, paragraph, toPanel, step,
  };
}

module.exports = { drive, PATIENCE, run };
