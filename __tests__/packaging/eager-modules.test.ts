import { withEagerModules } from '../../scripts/eager-modules.ts';

test('the modules of a chunk stand in parentheses, whatever comes before them in bytes', () => {
  const chunk = 'export const id=\'ä€😀\';export const modules={7:(e,t)=>{t.a="ö"},8:function(e){return e}};';
  expect(withEagerModules(chunk)).toBe(
    'export const id=\'ä€😀\';export const modules={7:((e,t)=>{t.a="ö"}),8:(function(e){return e})};',
  );
  // The parser goes on counting where it stopped.
  expect(withEagerModules(chunk)).toBe(withEagerModules(chunk));
});

test.each([
  ['a door', "import{cli}from'./index.js';await cli();"],
  ['other objects', 'export const ids=[7];export const other={7:()=>{}};var modules={7:()=>{}};'],
])('nothing else is changed: %s', (_, code) => {
  expect(withEagerModules(code)).toBe(code);
});
