import { onMounted, onUnmounted, ref } from "vue";

/** Whether the browser has a network at all, as it changes. */
export function useOnline() {
  const isOnline = ref(navigator.onLine);
  const look = () => (isOnline.value = navigator.onLine);
  const events = ["online", "offline"];
  onMounted(() => events.forEach((name) => addEventListener(name, look)));
  onUnmounted(() => events.forEach((name) => removeEventListener(name, look)));
  return isOnline;
}
