// node vscode_drive.js: the panel and what else a writer sees in VS Code, one step after another.
// RECALL_DRIVE is JSON: as vscode_page.js wants it, and { settings: [files], serverPid, server, waiting, lost, aboutWaiting, aboutLost, ghost }
const fs = require("node:fs");
const { drive, PATIENCE, run } = require("./vscode_page.js");

run(async ({ page, panel, cards, shot, titles, lines, until, set, command, openNote, toEnd, paragraph, toPanel, step }) => {
  await step("open", async () => {
    await page.goto(drive.url, { waitUntil: "domcontentloaded" });
    await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor({ timeout: 60_000 });
    await openNote("The two-day loaf.md");
    await page.locator(".statusbar-item", { hasText: /^\s*Recall$/ }).first().waitFor({ timeout: 60_000 });
    await panel.locator("#message", { hasText: "Nothing from before" }).waitFor({ timeout: 60_000 }); // front matter
    const silence = await panel.locator("body").innerText();
    await page.locator(".view-line", { hasText: /Changed.one.thing/ }).click();
    await cards.first().waitFor({ timeout: 60_000 });
    const focus = await page.evaluate(() => document.activeElement?.closest(".monaco-editor") !== null);
    return { silence, titles: await titles(), focus };
  });

  const lead = async (wanted, count = 1) => (await titles()).slice(0, count).filter((title) => wanted.includes(title)).length === count;

  await step("waiting", async () => {
    await paragraph(`## Letters\n\n${drive.waiting}`);
    await until("related cards", () => lead(drive.aboutWaiting));
    const card = cards.first();
    return {
      titles: await titles(),
      ago: await card.locator(".ago").innerText(),
      band: await card.locator(".band").innerText(),
      sentence: await card.locator(".sentence").innerText(),
      lines: await lines(),
      marks: await panel.locator("mark").allInnerTexts(),
      why: await card.locator(".why").textContent(),
    };
  });

  await step("lens", async () => {
    const lens = page.locator(".codelens-decoration a", { hasText: /related/ }).first();
    await lens.waitFor({ timeout: PATIENCE });
    const text = await lens.innerText();
    await lens.click();
    const count = Number(text.split(" ")[0]);
    await until("the panel shows as many", async () => (await cards.count()) === count);
    return { text, count: await cards.count() };
  });

  await step("still", async () => {
    const before = await cards.first().evaluate((item) => ((item.dataset.probe = "same"), item.ownerDocument.body.dataset.painted));
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowRight");
    await until("painted anew", async () => (await panel.locator("body").getAttribute("data-painted")) !== before);
    return { kept: await panel.locator('li[data-probe="same"]').count() };
  });

  for (const [name, theme] of [
    ["dark", "Dark Modern"],
    ["light", "Light Modern"],
    ["contrast", "Default High Contrast"],
    ["contrast-light", "Default High Contrast Light"],
  ]) {
    await step(name, async () => {
      const colour = () => panel.locator("body").evaluate((body) => getComputedStyle(body).color);
      set({ "workbench.colorTheme": theme });
      const kind = { dark: "vscode-dark", light: "vscode-light", contrast: "vscode-high-contrast", "contrast-light": "vscode-high-contrast-light" }[name];
      await until(theme, async () => (await panel.locator("body").getAttribute("class")).split(" ").includes(kind));
      await page.waitForTimeout(400);
      await panel.locator("li").nth(1).hover();
      await page.waitForTimeout(200);
      return { colour: await colour(), titles: await titles() };
    });
  }
  set({ "workbench.colorTheme": "Light Modern" });

  await step("hover", async () => {
    const word = page.locator(".view-line span", { hasText: "midnight" }).last();
    const box = await word.boundingBox();
    await page.mouse.move(box.x + 40, box.y + box.height / 2, { steps: 4 });
    const card = page.locator(".monaco-hover", { hasText: new RegExp(drive.aboutWaiting.join("|")) }).first();
    await card.waitFor({ timeout: PATIENCE });
    const text = await card.innerText();
    await shot("hover-card");
    await page.mouse.move(640, 790);
    await page.keyboard.press("Escape");
    return { text };
  });

  await step("lost", async () => {
    await paragraph(drive.lost);
    await until("other cards", () => lead(drive.aboutLost, 2));
    return { titles: await titles() };
  });

  await step("link-menu", async () => {
    await page.keyboard.type(" See [[aspar", { delay: 30 });
    const row = page.locator(".suggest-widget.visible .monaco-list-row", { hasText: "The asparagus bed" }).first();
    await row.waitFor({ timeout: PATIENCE });
    await shot("link-menu-open");
    await page.keyboard.press("Enter");
    await until("the link", async () => (await lines()).includes("[[The asparagus bed]]"));
    return { lines: await lines() };
  });

  const ghosts = page.locator('[class*="ghost-text"]');
  const ghost = async () => (await ghosts.allInnerTexts()).join("").replace(/\s+/g, " ").trim();
  const taken = async (text) => !(await ghost()) && (await lines()).includes(text); // what is ghostly is in the lines too
  /** Types it into a paragraph of its own, until the ghost that is due at its end is there; what that says. */
  const ghostAfter = async (text, wanted) => {
    await toEnd();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.keyboard.type(text, { delay: 30 });
    await until(`the ghost ${wanted}`, async () => wanted.test(await ghost()));
    return ghost();
  };

  await step("ghost", async () => {
    const text = await ghostAfter(drive.ghost, /^out on/);
    await shot("ghost-shown");
    await page.keyboard.press("Tab");
    await until("the writer's words", async () => taken(drive.ghost + text));
    return { text };
  });

  await step("ghost-word", async () => {
    set({ "recall.ghostSure": 0.005 }); // for the link: it is heard while this is typed
    await ghostAfter(drive.ghost, /^out on/);
    await page.keyboard.press("Control+ArrowRight");
    await until("the ghost goes on", async () => (await ghost()).startsWith("on "));
    const text = await ghost();
    await page.keyboard.press("Escape");
    return { text };
  });

  await step("ghost-link", async () => {
    const text = await ghostAfter("I went to the asparagus bed ", /→ \[\[The asparagus bed\]\]/);
    await shot("ghost-link-shown");
    await page.keyboard.press("Tab");
    await until("the link", async () => (await lines()).includes("I went to [[The asparagus bed]]"));
    set({ "recall.ghostSure": 0.6 });
    return { text, lines: await lines() };
  });

  await step("quote", async () => {
    await paragraph(drive.waiting);
    await until("related cards", () => lead(drive.aboutWaiting));
    await toPanel();
    await shot("panel-focused");
    const title = await panel.locator("li:focus .title").innerText();
    await page.keyboard.press("q");
    await until("the quotation", async () => (await lines()).includes("> — [["));
    const focus = await page.evaluate(() => document.activeElement?.closest(".monaco-editor") !== null);
    return { title, lines: await lines(), focus };
  });

  await step("link", async () => {
    await paragraph(drive.lost);
    await until("related cards", () => lead(drive.aboutLost));
    await toPanel();
    await page.keyboard.press("ArrowDown");
    const title = await panel.locator("li:focus .title").innerText();
    await page.keyboard.press("l");
    await until("the link", async () => (await lines()).includes(`${title}]]`));
    return { title, lines: await lines() };
  });

  await step("dismiss", async () => {
    await paragraph(drive.waiting);
    await until("related cards", () => lead(drive.aboutWaiting));
    await toPanel();
    const before = await titles();
    const title = await panel.locator("li:focus .title").innerText();
    await page.keyboard.press("d");
    await until("it is gone", async () => !(await titles()).includes(title));
    await shot("dismissed");
    const after = await titles();
    const told = await panel.locator("#offer").innerText();
    await panel.locator("#offer button").click();
    await until("it is back", async () => (await titles()).includes(title));
    return { title, before, after, told, restored: await titles() };
  });

  await step("pin", async () => {
    await toPanel();
    await page.keyboard.press("End");
    const title = await panel.locator("li:focus .title").innerText();
    await page.keyboard.press("p");
    await until("it is pinned", async () => (await panel.locator("li.pinned").count()) === 1 && (await titles())[0] === title);
    const focused = await panel.locator("li:focus .title").innerText({ timeout: PATIENCE });
    await paragraph(drive.lost);
    await until("other cards", async () => drive.aboutLost.includes((await titles())[1]));
    await shot("pinned");
    const shown = await titles();
    await toPanel();
    await page.keyboard.press("Home");
    await page.keyboard.press("p");
    await until("nothing is pinned", async () => (await panel.locator("li.pinned").count()) === 0);
    return { title, focused, shown };
  });

  await step("peek", async () => {
    await toPanel();
    await page.keyboard.press(" ");
    await page.locator(".peekview-widget .preview .view-line").first().waitFor({ timeout: PATIENCE });
    const title = await page.locator(".peekview-title .filename").first().innerText();
    await shot("peek-open");
    await page.keyboard.press("Escape");
    return { title };
  });

  await step("silence", async () => {
    await paragraph("zxqv wvut.");
    await until("an empty panel", async () => (await cards.count()) === 0);
    return { message: await panel.locator("#message").innerText() };
  });

  await step("pause", async () => {
    await command("Recall: Pause");
    await until("paused", async () => (await panel.locator("#message").innerText()).includes("paused"));
    await shot("paused");
    await paragraph(drive.waiting);
    await page.waitForTimeout(800);
    const paused = await cards.count();
    const status = await page.locator(".statusbar-item", { hasText: "Recall" }).first().innerText();
    await command("Recall: Resume");
    await until("cards again", () => lead(drive.aboutWaiting));
    return { paused, status, resumed: await titles() };
  });

  await step("page", async () => {
    await toEnd();
    await command("Recall: Open All Related Passages");
    const content = page.locator(".editor-group-container").nth(1).locator(".view-lines");
    await content.first().waitFor({ timeout: PATIENCE });
    await until("the page", async () => (await content.first().innerText()).includes("Related"));
    const text = (await content.first().innerText()).replace(/\s+/g, " ");
    await shot("page-open");
    const link = content.locator(".detected-link").first();
    await link.waitFor({ timeout: PATIENCE });
    await link.click({ modifiers: ["Control"] });
    const tab = page.locator(".editor-group-container").nth(1).locator(".tab.active");
    await until("the note opens", async () => /\.(md|txt|org)/.test(await tab.innerText()) && !/Related/.test(await tab.innerText()));
    const opened = (await tab.innerText()).trim();
    await command("View: Close All Editors in Group");
    return { text, opened };
  });

  await step("crash", async () => {
    await page.evaluate(() => {
      const bar = document.querySelector(".part.statusbar");
      const hear = () => (window.heard = [...bar.querySelectorAll("[aria-label]")].map((item) => item.ariaLabel).find((label) => label.includes("ended")) ?? window.heard);
      new MutationObserver(hear).observe(bar, { attributes: true, childList: true, subtree: true }); // told for half a second
    });
    const pid = Number(fs.readFileSync(drive.serverPid, "utf8"));
    process.kill(pid, "SIGKILL");
    await until("told in the status bar", () => page.evaluate(() => window.heard));
    const told = await page.evaluate(() => window.heard);
    await shot("crashed");
    await until("another process", async () => Number(fs.readFileSync(drive.serverPid, "utf8")) !== pid);
    await paragraph(drive.lost);
    await until("related cards", () => lead(drive.aboutLost));
    return { told, titles: await titles() };
  });

  await step("broken", async () => {
    set({ "recall.serverPath": "/nowhere/recall-lsp" });
    const toast = page.locator(".notification-toast", { hasText: "recall.serverPath" }).first();
    await toast.waitFor({ timeout: PATIENCE });
    const told = await toast.innerText();
    await shot("broken-path");
    set({ "recall.serverPath": drive.server });
    await page.locator(".statusbar-item", { hasText: /^\s*Recall$/ }).first().waitFor({ timeout: PATIENCE });
    await paragraph(drive.waiting);
    await until("related cards", () => lead(drive.aboutWaiting));
    return { told, titles: await titles() };
  });
});
