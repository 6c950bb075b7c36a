// What a page makes of the job: its title, in a real browser.
import puppeteer from "puppeteer-core";
import { launchChromium } from "../browser/chromium.mjs";

const IS_DONE = () => document.title !== "" && document.title !== "…";

export const page = (src) => `<!doctype html><meta charset="utf-8"><title>…</title><script type="module" src="${src}"></script>\n`;

export async function titleInChromium(url) {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForFunction(IS_DONE, null, { timeout: 30_000 });
    return await page.title();
  } finally {
    await browser.close();
  }
}

export const firefox = process.env.FIREFOX ?? "/usr/bin/firefox-esr";

export async function titleInFirefox(url) {
  const executablePath = firefox;
  const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForFunction(IS_DONE, { timeout: 30_000 });
    return await page.title();
  } finally {
    await browser.close();
  }
}
