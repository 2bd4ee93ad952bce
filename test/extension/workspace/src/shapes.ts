export interface Rectangle {
  width: number;
  height: number;
}

export function area(rectangle: Rectangle): number {
  return rectangle.width * rectangle.height;
}

export function perimeter(rectangle: Rectangle): number {
  return 2 * (rectangle.width + rectangle.height);
}
