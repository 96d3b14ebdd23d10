/**
 * Begins the work on each item in order, with at most `limit` under way. At the first rejection nothing more is
 * begun, and `end` is to break off what is.
 */
export async function inOrder<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
  end: () => void,
): Promise<void> {
  let isOver = false;
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) if (!isOver) await work(item);
  };
  const workers = Array.from({ length: Math.min(limit, items.length) }, worker);
  await together(workers, () => {
    isOver = true;
    end();
  });
}

/**
 * What all of the works come to. At the first rejection `end` is called, and it is passed on once all works have
 * come to their ends: nothing goes on behind the back of whoever clears up.
 */
export async function together<T extends readonly Promise<unknown>[] | []>(
  works: T,
  end: () => void,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  for (const work of works) work.catch(end);
  await Promise.allSettled(works);
  return Promise.all(works);
}
