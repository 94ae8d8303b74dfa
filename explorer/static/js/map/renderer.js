// WebGL2: 16-bit positions for points and edges, a byte a node looked up in a palette, 32-bit indices for edges.

import { pause } from "../dom.js";

const POINTS = `#version 300 es
precision highp float;
layout(location=0) in vec2 position;
layout(location=1) in float value;
layout(location=2) in float shown;
layout(location=3) in float weight;
uniform vec4 transform;
uniform vec3 size; // pixels of a lone point, least, most
uniform float count;
uniform sampler2D palette;
flat out vec4 color;
flat out float pixels;
void main() {
  color = texelFetch(palette, ivec2(int(value), 0), 0);
  if (shown < 0.5 || color.a == 0.0) { gl_Position = vec4(2.0, 2.0, 2.0, 1.0); gl_PointSize = 1.0; return; }
  pixels = clamp(size.x * (1.0 + weight / 60.0), size.y, size.z * (1.0 + weight / 120.0));
  gl_PointSize = pixels;
  // The best are in front; what is greyed is behind everything.
  float depth = float(gl_VertexID) / count;
  gl_Position = vec4(position * transform.xy + transform.zw, color.a < 0.9 ? depth * 0.5 + 0.5 : depth - 0.5, 1.0);
}`;
const DISC = `#version 300 es
precision mediump float;
flat in vec4 color;
flat in float pixels;
out vec4 pixel;
void main() {
  float cover = 1.0;
  if (pixels > 2.5) {
    cover = clamp((0.5 - length(gl_PointCoord - 0.5)) * pixels + 0.5, 0.0, 1.0);
    if (cover < 0.05) discard;
  }
  pixel = vec4(color.rgb * cover, cover);
}`;
// Most points are a pixel or two: for them a shader without discs, which draws a sixth faster in software.
const SQUARE = `#version 300 es
precision mediump float;
flat in vec4 color;
out vec4 pixel;
void main() { pixel = vec4(color.rgb, 1.0); }`;
const EDGES = `#version 300 es
precision highp float;
layout(location=0) in vec2 position;
layout(location=1) in float value;
uniform vec4 transform;
uniform vec4 fixedColor; // alpha 0: the colour of the node
uniform float alpha;
uniform sampler2D palette;
out vec4 color;
void main() {
  vec3 rgb = fixedColor.a > 0.0 ? fixedColor.rgb : texelFetch(palette, ivec2(int(value), 0), 0).rgb;
  color = vec4(rgb, 1.0) * alpha;
  gl_Position = vec4(position * transform.xy + transform.zw, 0.0, 1.0);
}`;
const LINE = `#version 300 es
precision mediump float;
in vec4 color;
out vec4 pixel;
void main() { pixel = color; }`;

const MANY = 300_000;

export class Renderer {
  /** Throws if the browser has no WebGL2; the page then shows the prerendered picture. */
  constructor(canvas, count) {
    const gl = canvas.getContext("webgl2", { antialias: false, alpha: false, depth: true, powerPreference: "high-performance" });
    if (!gl) throw new Error("no WebGL2");
    Object.assign(this, { gl, canvas, count });
    this.squares = program(gl, POINTS, SQUARE);
    this.discs = program(gl, POINTS, DISC);
    this.lines = program(gl, EDGES, LINE);
    this.buffers = {};
    this.palette = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.palette);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  positions(values) { this.upload("positions", values, 0, 2, this.gl.UNSIGNED_SHORT); }
  values(values) { this.upload("values", values, 1, 1, this.gl.UNSIGNED_BYTE); }
  weights(values) { this.upload("weights", values, 3, 1, this.gl.UNSIGNED_BYTE); }
  shown(values) {
    if (values) this.upload("shown", values, 2, 1, this.gl.UNSIGNED_BYTE);
    else this.gl.disableVertexAttribArray(2);
    this.gl.vertexAttrib1f(2, 1);
  }

  upload(name, values, location, size, type) {
    const { gl } = this;
    this.buffers[name] ??= gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, size, type, false, 0, 0);
  }

  /** Node indices by grid cell ("order"), or pairs of node indices ("all", "near", "selected"). */
  indices(name, values) {
    const { gl } = this;
    const isNew = !this.buffers[name];
    this.buffers[name] ??= gl.createBuffer();
    this.buffers[name].length = values.length;
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers[name]);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, values, isNew ? gl.STATIC_DRAW : gl.DYNAMIC_DRAW);
  }

  /** 256 colours as bytes: alpha 255 plain, 128 greyed, 0 hidden. */
  colors(bytes) {
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, this.palette);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
  }

  resize(width, height, ratio) {
    this.ratio = ratio;
    const [pixelsX, pixelsY] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
    if (this.canvas.width !== pixelsX || this.canvas.height !== pixelsY) Object.assign(this.canvas, { width: pixelsX, height: pixelsY });
    this.gl.viewport(0, 0, pixelsX, pixelsY);
  }

  /**
   * `spacing`: pixels between neighbours; `ranges` of the index buffer "order", or null for the first `budget` nodes; `edges`: [{name, color, alpha}].
   */
  draw({ transform, background, spacing, ranges, budget, edges }) {
    const { gl } = this;
    gl.clearColor(...background, 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.enable(gl.BLEND);
    gl.disable(gl.DEPTH_TEST);
    for (const edge of edges.filter(({ isOver }) => !isOver)) this.drawEdges(edge, transform);
    const diameter = spacing * 0.82 * this.ratio;
    const points = diameter < 2.5 && this.count > MANY ? this.squares : this.discs;
    if (points === this.squares) gl.disable(gl.BLEND);
    gl.useProgram(points.program);
    gl.enable(gl.DEPTH_TEST);
    gl.uniform4fv(points.transform, transform);
    gl.uniform3f(points.size, diameter, 1.15 * this.ratio, 9 * this.ratio);
    gl.uniform1f(points.count, this.count);
    if (ranges) {
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers.order);
      for (const [start, end] of ranges) gl.drawElements(gl.POINTS, end - start, gl.UNSIGNED_INT, start * 4);
    } else {
      gl.drawArrays(gl.POINTS, 0, Math.min(budget, this.count));
    }
    gl.enable(gl.BLEND);
    gl.disable(gl.DEPTH_TEST);
    for (const edge of edges.filter(({ isOver }) => isOver)) this.drawEdges(edge, transform);
  }

  /** Waits until all that was drawn so far is visible. */
  async drawn() {
    const { gl } = this;
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    while (gl.clientWaitSync(fence, 0, 0) === gl.TIMEOUT_EXPIRED) await pause();
  }

  drawEdges({ name, color, alpha }, transform) {
    const { gl } = this;
    if (!this.buffers[name]?.length) return;
    gl.useProgram(this.lines.program);
    gl.uniform4fv(this.lines.transform, transform);
    gl.uniform4f(this.lines.fixedColor, ...(color ?? [0, 0, 0]), color ? 1 : 0);
    gl.uniform1f(this.lines.alpha, alpha);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers[name]);
    gl.drawElements(gl.LINES, this.buffers[name].length, gl.UNSIGNED_INT, 0);
  }
}

function program(gl, vertex, fragment) {
  const linked = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(linked, shader);
  }
  gl.linkProgram(linked);
  if (!gl.getProgramParameter(linked, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(linked));
  const uniforms = { program: linked };
  for (let at = 0; at < gl.getProgramParameter(linked, gl.ACTIVE_UNIFORMS); at++) {
    const { name } = gl.getActiveUniform(linked, at);
    uniforms[name] = gl.getUniformLocation(linked, name);
  }
  return uniforms;
}
