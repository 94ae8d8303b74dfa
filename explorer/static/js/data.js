// Reads the data folder; each file once.

const kept = new Map();

export class DataError extends Error {
  name = "DataError";
}

async function get(address, what) {
  let response;
  try {
    response = await fetch(address);
  } catch {
    throw new DataError(`${what} cannot be read: the server of the explorer does not respond. Start hublake explore again, then reload.`);
  }
  if (response.ok) return response;
  let reason = "";
  try { reason = (await response.json()).error ?? ""; } catch { /* the response has no reason */ }
  if (reason) throw new DataError(reason[0].toUpperCase() + reason.slice(1));
  if (response.status === 404) throw new DataError(`${what} is not in these data (${address}).`);
  throw new DataError(`${what} cannot be read: ${address} gave status ${response.status}.`);
}

function once(address, read) {
  if (!kept.has(address)) {
    const value = read();
    kept.set(address, value);
    value.catch(() => kept.delete(address));
  }
  return kept.get(address);
}

const json = (address, what) => once(address, async () => (await get(address, what)).json());

/** Bytes of a .gz file, which the browser has unpacked if the server named its encoding. */
async function unpacked(path, what) {
  const response = await get(`data/${path}`, what);
  if (response.headers.get("content-encoding")) return response.arrayBuffer();
  try {
    return await new Response(response.body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  } catch {
    throw new DataError(`data/${path} is incomplete or no gzip file: run hublake explore again.`);
  }
}

const array = (path, kind, what) => once(path, async () => {
  const bytes = await unpacked(path, what);
  if (bytes.byteLength % kind.BYTES_PER_ELEMENT) throw new DataError(`data/${path} is incomplete: run hublake explore again.`);
  return new kind(bytes);
});

function shardOf(id, shards) {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(id)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return String(hash % shards).padStart(3, "0");
}

async function api(path, parameters, what) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== ""));
  return json(`api/${path}?${query}`, what);
}

export const data = {
  manifest: () => once("manifest", async () => {
    const manifest = await json("data/manifest.json", "The list of the explorer's data");
    if (manifest.format !== 1) throw new DataError(`The explorer's data have format ${manifest.format}; this page reads format 1. Run hublake explore again.`);
    return manifest;
  }),
  page: (name) => json(`data/pages/${name}.json`, `The page ${name}`),
  /** Facts on a model; null in a static folder that lacks it. */
  model: async (id) => {
    const manifest = await data.manifest();
    if (manifest.server) return api("model", { id }, `The model ${id}`);
    const path = `models/${shardOf(id, manifest.shards)}.json.gz`;
    const shard = await once(path, async () => JSON.parse(new TextDecoder().decode(await unpacked(path, "Details of models"))));
    return Object.hasOwn(shard, id) ? { model_id: id, ...shard[id] } : null;
  },
  /** Only the server has these; `manifest.server` shows whether there is one. */
  find: (words) => api("find", { words }, "The names of all models"),
  reach: (dataset) => api("reach", { dataset }, "The models of a dataset"),
  list: (parameters) => api("list", parameters, "The list"),
  sql: async (query) => (await get(`api/sql?${new URLSearchParams({ q: query })}`, "The result")).json(),
  u8: (path, what) => array(path, Uint8Array, what),
  u16: (path, what) => array(path, Uint16Array, what),
  u32: (path, what) => array(path, Uint32Array, what),
  json: (path, what) => json(`data/${path}`, what),
};
