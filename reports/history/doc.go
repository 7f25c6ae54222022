// Package history knows the runs of the past. A [Run] is what is kept of one
// run folder: of each of them, whatever became of it.
//
// Sub-packages, each of one job:
//
//   - store fills a local database from the folder of runs, and asks it;
//   - trend follows the objectives of one scenario over its runs, and finds
//     regressions;
//   - compare sets two records side by side;
//   - period lists the whole population of a stretch of time, with the evidence
//     that it holds and how old that is;
//   - terminal lays a dossier out in columns of text;
//   - historytest makes folders of runs whose truth is known.
//
// Rules that all of them keep:
//
//   - No run is dropped. A folder without a record is a run that was killed or
//     is still going, and is listed as "no record"; one whose record cannot be read
//     is listed with the reason.
//   - The folders are the truth. The database is a cache: it is made again from
//     them, and deleting it loses nothing. What an auditor is given is read from the
//     folders, never from the cache.
//   - A simulated run satisfies nothing: it is in no trend and is no evidence.
//   - All but store is pure: the present is a parameter.
package history
