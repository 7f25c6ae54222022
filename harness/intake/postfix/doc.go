// Package postfix reads the configuration of a Postfix: main.cf with its
// parameters in one another (postconf(5)), and master.cf (master(5)). It asks no
// Postfix and no network.
package postfix
