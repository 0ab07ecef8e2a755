import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const pagesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`);
const guides = [...pagesIn('docs'), ...pagesIn('docs/agents')];
const pages = ['README.md', 'CONTRIBUTING.md', ...guides, ...pagesIn('docs/decisions')];

const withoutCode = (page: string): string =>
  readFileSync(page, 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');

/** As GitHub names the headings of a page. */
const anchorsOf = (page: string): string[] =>
  [...withoutCode(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** The links and pictures of a page that lead nowhere in this repository. */
function brokenLinksOf(page: string): string[] {
  const links = [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)|<img src="([^"]+)"/g)]
    .map(([, link, picture]) => link ?? picture ?? '')
    .filter((link) => !/^https?:/.test(link));
  return links.filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
}

it.each(pages)('[README-20] leads somewhere with each link of %s', (page) => {
  expect(brokenLinksOf(page)).toEqual([]);
});

it('[README-20] leads from the README to each guide', () => {
  const readme = withoutCode('README.md');
  expect(guides.filter((page) => !readme.includes(`](${page})`))).toEqual([]);
});
