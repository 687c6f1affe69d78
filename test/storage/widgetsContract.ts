import { describe, expect, test } from "bun:test";
import type { EpochMs } from "../../src/domain/reading.ts";
import { isUuid } from "../../src/domain/uuid.ts";
import { BASIC_BPM } from "../../src/domain/widgetKinds.ts";
import { type Directory, MANUAL_CLIENT_ID, type Profile } from "../../src/storage/directory.ts";
import type { LinkOpening, NewWidget, Widget } from "../../src/storage/widgets.ts";
import { type DirectoryUnderTest, onFresh } from "./directoryUnderTest.ts";

const NOON = Date.UTC(2024, 2, 1, 12) as EpochMs;

/** How the command line opens a link: by no token. */
const BY_HAND = { openedAt: NOON };

/** What every engine behind {@link Directory.widgets} promises. */
export function widgetsContract(engine: string, open: () => Promise<DirectoryUnderTest>): void {
  const withDirectory = onFresh(open);
  const withAnna = (work: (directory: Directory, anna: Profile) => Promise<void>) =>
    withDirectory(async ({ directory }) => work(directory, await directory.createProfile("anna", NOON)));

  const create = async ({ widgets }: Directory, profile: Profile, more: Partial<NewWidget> = {}) => {
    const fixed = { profile: profile.id, metaId: BASIC_BPM, name: "On air", createdAt: NOON, ownedMax: 9 };
    return (await widgets.create({ ...fixed, configuration: { heartEnabled: true }, ...more })) as Widget;
  };

  const openLink = async ({ widgets }: Directory, { id }: Widget, opening: LinkOpening = BY_HAND) =>
    (await widgets.open(id, opening)) as Widget;

  const tokenOf = (directory: Directory, profile: Profile) =>
    directory.createToken({
      hash: crypto.randomUUID(),
      profile: profile.id,
      clientId: MANUAL_CLIENT_ID,
      scopes: ["widgets:update"],
      createdAt: NOON,
    });

  describe(`widgets on ${engine}`, () => {
    test(
      "a widget is found by its id, with all that it was made of and a closed link",
      withAnna(async (directory, anna) => {
        const widget = await create(directory, anna);
        expect(widget).toEqual({
          id: expect.any(Number) as never,
          publicId: expect.any(String) as never,
          profile: anna.id,
          metaId: BASIC_BPM,
          name: "On air",
          configuration: { heartEnabled: true },
        });
        expect(isUuid(widget.publicId)).toBe(true);
        expect(await directory.widgets.find(widget.publicId)).toEqual(widget);
        expect(await directory.widgets.find(crypto.randomUUID())).toBeUndefined();
      }),
    );

    test(
      "a list has somebody's widgets, or everybody's, oldest first",
      withAnna(async (directory, anna) => {
        const ben = await directory.createProfile("ben", NOON);
        const [first, second] = [await create(directory, anna), await create(directory, ben)];
        const third = await create(directory, anna);
        expect(await directory.widgets.list(anna.id)).toEqual([first, third]);
        expect(await directory.widgets.list()).toEqual([first, second, third]);
      }),
    );

    test(
      "nobody has more than they may, however many they ask for at once",
      withAnna(async (directory, anna) => {
        const asked = Array.from({ length: 6 }, () => create(directory, anna, { ownedMax: 3 }));
        expect((await Promise.all(asked)).filter((widget) => widget !== undefined)).toHaveLength(3);
        const ben = await directory.createProfile("ben", NOON);
        expect(await create(directory, ben, { ownedMax: 3 })).toBeDefined();
      }),
    );

    test(
      "a configuration is replaced as a whole",
      withAnna(async (directory, anna) => {
        const { publicId, id } = await create(directory, anna);
        await directory.widgets.configure(id, { heartColor: "#ff0000ff" });
        const { configuration } = (await directory.widgets.find(publicId)) as Widget;
        expect(configuration).toEqual({ heartColor: "#ff0000ff" });
      }),
    );

    test(
      "a widget that is removed is gone, and its link with it",
      withAnna(async (directory, anna) => {
        const { id, publicId, link } = await create(directory, anna, { opening: BY_HAND });
        await directory.widgets.remove(id);
        expect(await directory.widgets.find(publicId)).toBeUndefined();
        expect(await directory.widgets.findOpenLinks([link as number])).toEqual(new Set());
      }),
    );
  });

  describe(`links of widgets on ${engine}`, () => {
    test(
      "opening gives the widget another id, and the one before leads nowhere",
      withAnna(async (directory, anna) => {
        const closed = await create(directory, anna);
        const opened = await openLink(directory, closed);
        expect(opened.publicId).not.toBe(closed.publicId);
        expect(opened).toEqual({ ...closed, publicId: opened.publicId, link: expect.any(Number) as never });
        expect(await directory.widgets.find(closed.publicId)).toBeUndefined();
      }),
    );

    test(
      "of a widget that is gone nothing is opened",
      withAnna(async (directory, anna) => {
        const { id } = await create(directory, anna);
        await directory.widgets.remove(id);
        expect(await directory.widgets.open(id, BY_HAND)).toBeUndefined();
      }),
    );

    test(
      "each opening is another link under another id, also when it was open before",
      withAnna(async (directory, anna) => {
        const first = await create(directory, anna, { opening: BY_HAND });
        const second = await openLink(directory, first);
        expect(await directory.widgets.close(first.id)).toBe(true);
        expect(await directory.widgets.close(first.id)).toBe(false);
        expect((await directory.widgets.find(second.publicId))?.link).toBeUndefined();
        const third = await openLink(directory, first);
        const links = [first, second, third].map(({ link }) => link as number);
        expect(new Set(links).size).toBe(3);
        expect(new Set([first, second, third].map(({ publicId }) => publicId)).size).toBe(3);
        expect(await directory.widgets.findOpenLinks(links)).toEqual(new Set(links.slice(2)));
      }),
    );

    test(
      "revoking the token that opened it closes it, and no other",
      withAnna(async (directory, anna) => {
        const tokens = [await tokenOf(directory, anna), await tokenOf(directory, anna)];
        const opened: Widget[] = [];
        for (const token of [...tokens, undefined]) {
          const opening = token === undefined ? BY_HAND : { ...BY_HAND, token };
          opened.push(await create(directory, anna, { opening }));
        }
        await directory.revokeToken(tokens[0] as number, NOON);
        const after = await directory.widgets.list(anna.id);
        expect(after.map(({ link }) => link)).toEqual([undefined, opened[1]?.link, opened[2]?.link]);
        const links = opened.map(({ link }) => link as number);
        expect(await directory.widgets.findOpenLinks(links)).toEqual(new Set(links.slice(1)));
      }),
    );

    test(
      "a token that was revoked while it was asked opens none",
      withAnna(async (directory, anna) => {
        const opening = { ...BY_HAND, token: await tokenOf(directory, anna) };
        await directory.revokeToken(opening.token, NOON);
        const widget = await create(directory, anna, { opening });
        expect(widget.link).toBeUndefined();
        expect((await openLink(directory, widget, opening)).link).toBeUndefined();
      }),
    );
  });
}
