import { createApp } from "vue";
import "./look/variables.css";
import "./look/page.css";
import { setUpLanguage } from "./l10n.js";
import App from "./App.vue";

setUpLanguage();
createApp(App).mount("#app");

// Without it the page works as well, but for opening offline: Firefox's private windows have none.
if (import.meta.env.PROD) navigator.serviceWorker?.register("./service-worker.js").catch(() => {});
