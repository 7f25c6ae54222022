// Package load is clients that nobody has asked for: many connections, slow
// ones, guesses at passwords, unwanted mail. They come from within a network
// namespace and reach no further than it does.
//
// [Begin] starts them, [Storm.End] ends them and returns when the last of their
// connections is closed. Sessions, attempts and rate are bounded by the rule.
package load
