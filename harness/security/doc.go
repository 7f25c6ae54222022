// Package security asks mail servers from the outside whether they keep what
// guards them: no relaying for strangers, no submission without a log-in, no
// log-in with a wrong password, TLS offered as before, with the same
// certificate, and no password in the clear where none was taken before.
//
// An [Interview] puts all questions to one service of one node, a [Watch] does so
// again and again. Nothing is judged here: what was found is reported, and what it
// was before is for the judge to compare.
//
// Promises: no message is ever offered (DATA is never said), so that an open
// relay passes nothing on; each connection is bounded in time; a question whose
// answer did not come is reported as such. Recipients and senders are at domains
// that the drill's name server knows: a server that refuses them refuses to relay,
// and not because there is no such domain.
package security
