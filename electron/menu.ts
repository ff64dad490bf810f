import { app, Menu, type MenuItemConstructorOptions } from "electron";

/** The application menu: the platform's own roles, so that copying, zooming and closing work as people expect. */
export function installMenu(): void {
  const mac: MenuItemConstructorOptions[] = process.platform === "darwin" ? [{ role: "appMenu" }] : [];
  const developer: MenuItemConstructorOptions[] = app.isPackaged ? [] : [{ type: "separator" }, { role: "toggleDevTools" }];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...mac,
      { role: "fileMenu" },
      { role: "editMenu" },
      {
        label: "View",
        submenu: [
          { role: "reload" },
          { type: "separator" },
          { role: "resetZoom" },
          { role: "zoomIn" },
          { role: "zoomOut" },
          { type: "separator" },
          { role: "togglefullscreen" },
          ...developer,
        ],
      },
      { role: "windowMenu" },
    ]),
  );
}
