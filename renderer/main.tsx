import { channelOpener } from "./api/open-channel.ts";
import { mountWorkstation } from "./shell/mount.tsx";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element #root");
mountWorkstation(root, channelOpener());
