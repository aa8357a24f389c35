// node vscode_trust.js: a folder that is not trusted, a machine without a server, a server in a Python environment.
// RECALL_DRIVE is JSON: as vscode_page.js wants it, and { server, foreign, marker, folderSettings, inEnvironment: file }
const fs = require("node:fs");
const { drive, PATIENCE, run } = require("./vscode_page.js");

run(async ({ page, panel, cards, shot, titles, until, set, command, openNote, goTo, step }) => {
  const running = page.locator(".statusbar-item", { hasText: /^\s*Recall$/ }).first();
  const foreign = () => fs.existsSync(drive.marker);

  await step("open", async () => {
    set({ "recall.serverPath": "", "security.workspace.trust.enabled": true, "security.workspace.trust.startupPrompt": "never" });
    await page.goto(drive.url, { waitUntil: "domcontentloaded" });
    await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor({ timeout: 60_000 });
    await openNote("Week.md");
    const toast = page.locator(".notification-toast", { hasText: "needs its server" }).first();
    await toast.waitFor({ timeout: 60_000 });
    await panel.locator("#offer button").waitFor({ timeout: 60_000 });
    await shot("no-server");
    const told = { told: await toast.innerText(), panel: await panel.locator("#offer").innerText(), foreign: foreign() };
    await panel.locator("#offer button").click();
    const help = page.locator(".tab", { hasText: /walk-server/ }).first();
    await help.waitFor({ timeout: PATIENCE });
    await page.waitForTimeout(800);
    await shot("install-help");
    await command("View: Close All Editors");
    return told;
  });

  await step("untrusted", async () => {
    set({ "recall.serverPath": drive.server });
    await running.waitFor({ timeout: 60_000 });
    await openNote("Week.md");
    await goTo(3, 5);
    await cards.first().waitFor({ timeout: PATIENCE });
    return { titles: await titles(), foreign: foreign() };
  });

  await step("environment", async () => {
    set({ "recall.serverPath": "" });
    fs.writeFileSync(drive.folderSettings, "{}");
    await page.locator(".statusbar-item[aria-label*='needs its server']").first().waitFor({ timeout: PATIENCE });
    const before = fs.existsSync(drive.inEnvironment);
    await command("Workspaces: Manage Workspace Trust");
    await page.locator(".workspace-trust-editor a.monaco-button", { hasText: /^Trust$/ }).first().click();
    await until("the environment's server", async () => fs.existsSync(drive.inEnvironment));
    await running.waitFor({ timeout: 60_000 });
    await cards.first().waitFor({ timeout: PATIENCE });
    return { before, titles: await titles() };
  });

  await step("trusted", async () => {
    fs.writeFileSync(drive.folderSettings, JSON.stringify({ "recall.serverPath": drive.foreign }));
    await until("the folder's program", async () => foreign());
    const toasts = page.locator(".notification-toast");
    await toasts.filter({ hasText: "the server keeps ending" }).first().waitFor({ timeout: PATIENCE });
    await shot("keeps-ending");
    const errors = (await toasts.allInnerTexts()).filter((text) => !text.includes("needs its server"));
    return { foreign: foreign(), errors };
  });
});
