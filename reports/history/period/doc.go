// Package period reports on a stretch of time: the whole population of runs, and
// how old the evidence for each requirement and control is.
//
// An auditor who samples runs must know that nothing was left out before. So
// every run that started in the period is listed, whatever became of it, beside the
// question to the database that found it, when it was asked of what, and how many
// rows it gave. Where there is a register of runs, written before each run began,
// its size and root are told, and the runs that it knows and the folder does not.
//
// # Evidence
//
// A requirement or a control is proven by a run that names it, that passed on
// real servers, left nothing behind, and ended as its scenario expects where that
// says so. A simulated run proves nothing. Evidence decays: it is
//
//	fresh  younger than four fifths of its interval
//	due    younger than its interval
//	stale  older
//	never  there is none
//
// as of a moment that is a parameter: the same folders give the same report,
// whenever it is asked for. Evidence from before the period counts; what came
// after that moment does not.
package period
