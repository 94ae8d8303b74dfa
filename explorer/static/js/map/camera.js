// Where the reader is: world units 0 to 65,536 on both axes, CSS pixels on the stage.

import { WORLD } from "./graph.js";

const MAX_ZOOM = 4000;

export class Camera {
  constructor() {
    this.x = this.y = WORLD / 2;
    this.zoom = 1; // 1: the whole world fits
    this.width = this.height = 1;
    this.isStretched = false; // the timeline fills the stage; the packed circles stay round
  }

  get scaleX() { return this.zoom * 0.97 * (this.isStretched ? this.width : Math.min(this.width, this.height)) / WORLD; }
  get scaleY() { return this.zoom * 0.97 * (this.isStretched ? this.height : Math.min(this.width, this.height)) / WORLD; }

  home() { this.look(WORLD / 2, WORLD / 2, 1); }

  look(x, y, zoom) {
    this.zoom = Math.min(MAX_ZOOM, Math.max(0.8, zoom));
    this.x = Math.min(WORLD, Math.max(0, x));
    this.y = Math.min(WORLD, Math.max(0, y));
  }

  lookAtCircle({ x, y, radius }) {
    this.look(x, y, Math.min(MAX_ZOOM / 10, (0.4 * WORLD) / Math.max(radius, 40)));
  }

  pan(pixelsX, pixelsY) { this.look(this.x - pixelsX / this.scaleX, this.y - pixelsY / this.scaleY, this.zoom); }

  /** Zooms while the world's point under the pixel stays where it is. */
  zoomAt(factor, pixelX, pixelY) {
    const [x, y] = this.toWorld(pixelX, pixelY);
    this.look(this.x, this.y, this.zoom * factor);
    const [nextX, nextY] = this.toWorld(pixelX, pixelY);
    this.look(this.x + x - nextX, this.y + y - nextY, this.zoom);
  }

  toWorld(pixelX, pixelY) {
    return [this.x + (pixelX - this.width / 2) / this.scaleX, this.y + (pixelY - this.height / 2) / this.scaleY];
  }

  toPixel(x, y) {
    return [(x - this.x) * this.scaleX + this.width / 2, (y - this.y) * this.scaleY + this.height / 2];
  }

  box() {
    const [left, top] = this.toWorld(0, 0);
    const [right, bottom] = this.toWorld(this.width, this.height);
    return { left, top, right, bottom };
  }

  /** clip = position * xy + zw, for the shaders. */
  transform() {
    const [x, y] = [(2 * this.scaleX) / this.width, (-2 * this.scaleY) / this.height];
    return [x, y, -this.x * x, -this.y * y];
  }

  asText() { return this.zoom === 1 && this.x === WORLD / 2 && this.y === WORLD / 2 ? null : [this.x, this.y].map(Math.round).concat(Number(this.zoom.toPrecision(4))).join(","); }

  fromText(text) {
    const [x, y, zoom] = (text ?? "").split(",").map(Number);
    if (text && [x, y, zoom].every(Number.isFinite)) this.look(x, y, zoom);
    else this.home();
  }
}
