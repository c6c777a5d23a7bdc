/**
 * Of the texts that are read and parsed in one turn, in bytes: a page is over with the text that passes them. A megabyte
 * of small objects takes 20 MB and 65 ms to parse, and an event has a megabyte at most.
 */
export const PAGE_BYTES = 2 ** 21;
