import { type GroupProps, useDefaultLayout } from "react-resizable-panels";

/** Sizes of the panes of a group, remembered by `id`; spread the result on the `Group`. */
export function usePaneLayout(id: string, panelIds: string[]): Pick<GroupProps, "defaultLayout" | "onLayoutChanged"> {
  return useDefaultLayout({ id: `stenograph-panes-${id}`, panelIds, onlySaveAfterUserInteractions: true, storage: window.localStorage });
}
