import { expect, it } from "vitest";
import "../../../../proxy/relay/reflect-metadata.ts";

interface MetadataReflect {
  defineMetadata(key: unknown, value: unknown, target: object): void;
  getMetadata(key: unknown, target: object): unknown;
  getOwnMetadata(key: unknown, target: object): unknown;
}

const reflect = Reflect as unknown as MetadataReflect;

it("keeps metadata of a class, which its subclasses inherit", () => {
  class Base {}
  class Derived extends Base {}
  reflect.defineMetadata("design:paramtypes", ["a"], Base);
  expect(reflect.getMetadata("design:paramtypes", Derived)).toEqual(["a"]);
  expect(reflect.getOwnMetadata("design:paramtypes", Derived)).toBeUndefined();
  expect(reflect.getMetadata("other", Base)).toBeUndefined();
});
