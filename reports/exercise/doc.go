// Package exercise writes what comes after an exercise with people: the
// after-action report, the list of corrective actions for other tools, and the
// trend over exercises. All of it is a function of the record and of its log: the
// same input gives the same bytes.
//
// [Document] is the report as a dossier, which [HTML], [PDF] and [Markdown] write.
// It blames nobody: names of people stand among the participants, with the actions
// that they own and the risks that they accept, and in the sign-off. Everywhere
// else stands their role. Full names of participants in free text are replaced by
// their role in brackets; what else people wrote stays as they wrote it. What is
// empty is listed as empty.
//
// [CSV], [ICS], [GitHub] and [GitLab] hand the actions on. [Trend] puts exercises
// side by side, the newest last; [TrendText] does so for a terminal.
package exercise
