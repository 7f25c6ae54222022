// Package inspect looks for what a drill would find, without one: it reads a
// topology and the configurations of its servers, and says where mail would be lost
// or wait, why, what to do, and which drill of the library shows it. It starts
// nothing and asks no network.
//
// [Rules] is the table. A rule that cannot look, because a server is an image that
// nobody knows, is not silent: [Inspect] says what it has not seen.
package inspect
