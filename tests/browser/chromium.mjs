import { chromium } from "playwright-core";
import { findChromium } from "../../scripts/find-chromium.mjs";

const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

export const launchChromium = () => chromium.launch({ executablePath: findChromium(), args: quiet });
