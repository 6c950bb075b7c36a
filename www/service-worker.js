// Keeps the page's own files, so that it opens without a network, if only to say so. Nothing else: no answer of Nextcloud.
// BUILD and FILES stand above this, written by vite.config.js.
/* global BUILD, FILES */
const CACHE = `astrolabe-dashboard-${BUILD}`;
const PAGE = new URL("./", self.location.href).href;
const KEPT = new Set(FILES.map((file) => new URL(file, PAGE).href));

// Past the browser's own cache, which may still have the page of before.
const anew = (url) => new Request(url, { cache: "reload" });

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([PAGE, ...KEPT].map(anew))).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const isOld = (name) => name.startsWith("astrolabe-dashboard-") && name !== CACHE;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name)))));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  // The names of these change with their contents.
  if (KEPT.has(request.url)) event.respondWith(caches.match(request.url).then((kept) => kept ?? fetch(request)));
  else if (request.mode === "navigate" && request.url.split(/[?#]/)[0].replace(/index\.html$/, "") === PAGE) {
    event.respondWith(fetch(new Request(request, { cache: "no-cache" })).catch(() => caches.match(PAGE)));
  }
});
