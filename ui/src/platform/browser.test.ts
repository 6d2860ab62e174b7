import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Event } from "$/gen/api";
import { browser } from "./browser";
import { setHost } from "./current";
import { saveFile } from "./save";

/** An event stream that the test tells what happens. */
class Stream {
  static CLOSED = 2;
  static open: Stream[] = [];
  readyState = 1;
  onmessage: ((message: { data: string }) => void) | undefined;
  onerror: (() => void) | undefined;
  constructor(readonly url: string) {
    Stream.open.push(this);
  }
  close() {
    Stream.open = Stream.open.filter((stream) => stream !== this);
  }
}

const fetched = vi.fn<typeof fetch>();
const opened = vi.fn<typeof window.open>();
const answers = (status: number, body: string) => fetched.mockResolvedValue(new Response(body, { status }));
const refusal = () => browser.call("boot", {}).then(
  () => expect.unreachable(),
  (error: unknown) => error,
);
const hide = (state: DocumentVisibilityState) => {
  vi.spyOn(document, "visibilityState", "get").mockReturnValue(state);
  document.dispatchEvent(new globalThis.Event("visibilitychange"));
};

beforeEach(() => {
  Stream.open = [];
  fetched.mockReset();
  opened.mockReset();
  vi.stubGlobal("fetch", fetched);
  vi.stubGlobal("open", opened);
  vi.stubGlobal("EventSource", Stream);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("a call is JSON there and back, to where the page came from, in the mode that sends its origin", async () => {
  answers(200, '{"demo":false}');
  expect(await browser.call("boot", {})).toEqual({ demo: false });
  const [path, init] = fetched.mock.calls[0] ?? [];
  expect([path, init?.method, init?.body, init?.mode]).toEqual(["call/boot", "POST", "{}", undefined]);
  expect(init?.headers).toEqual({ "content-type": "application/json" });
});

test("the contract's error comes as it is; the server's own are told as errors of the contract", async () => {
  const error = { code: "not-found", message: "There is no such row.", info: null };
  answers(422, JSON.stringify(error));
  expect(await refusal()).toEqual(error);
  answers(401, "Skydeck: open the link");
  expect(await refusal()).toMatchObject({ code: "refused", message: expect.stringContaining("session has ended") });
  fetched.mockRejectedValue(new TypeError("Failed to fetch"));
  expect(await refusal()).toMatchObject({ code: "unavailable", message: expect.stringContaining("skydeckctl serve") });
  answers(403, "Skydeck answers to its own page only.");
  expect(await refusal()).toEqual({ code: "internal", message: "Skydeck answers to its own page only.", info: null });
});

test("a link opens without opener and referrer, and only if the server says so", async () => {
  answers(200, "null");
  browser.openLink("https://github.com/example/web");
  await vi.waitFor(() => expect(opened).toHaveBeenCalledWith("https://github.com/example/web", "_blank", "noopener,noreferrer"));
  opened.mockReset();
  const warned = vi.spyOn(console, "warn").mockReturnValue();
  answers(422, '{"code":"refused","message":"Not opened.","info":null}');
  browser.openLink("https://evil.example/");
  await vi.waitFor(() => expect(warned).toHaveBeenCalled());
  expect(opened).not.toHaveBeenCalled();
});

test("a text is downloaded under its name, as it is", async () => {
  let blob: Blob | undefined;
  const made = vi.fn((of: Blob) => ((blob = of), "blob:x"));
  Object.assign(URL, { createObjectURL: made, revokeObjectURL: vi.fn() });
  const clicked = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    expect([this.download, this.getAttribute("href")]).toEqual(["list.csv", "blob:x"]);
  });
  setHost(browser);
  expect(await saveFile("list.csv", "a,b\n가,나\n")).toBe("list.csv");
  expect(clicked).toHaveBeenCalledOnce();
  expect(await blob?.text()).toBe("a,b\n가,나\n");
  expect(document.querySelector("a")).toBeNull();
});

test("a connection that breaks is a hole, once; one that is refused is another", () => {
  const heard: Event[] = [];
  const stop = browser.events((event) => heard.push(event));
  const [stream] = Stream.open;
  stream?.onmessage?.({ data: '{"seq":2,"tags":[]}' });
  stream?.onerror?.();
  stream?.onerror?.();
  expect(heard.map((event) => event.seq)).toEqual([2, -1]);
  if (stream) stream.readyState = Stream.CLOSED;
  stream?.onerror?.();
  expect(heard.map((event) => event.seq)).toEqual([2, -1, -1]);
  stop();
  expect(Stream.open).toEqual([]);
});

test("a page that is not seen holds no connection", () => {
  const stop = browser.events(() => undefined);
  hide("hidden");
  expect(Stream.open).toHaveLength(0);
  hide("visible");
  hide("visible");
  expect(Stream.open).toHaveLength(1);
  stop();
  hide("visible");
  expect(Stream.open).toHaveLength(0);
});
