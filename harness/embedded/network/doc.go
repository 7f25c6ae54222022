// Package network is the drill's network inside one process.
//
// Every node is a [Host] with a planned address. Its servers listen on loopback
// ports that the kernel chose; [Network.Dial] maps names, planned addresses and
// well-known ports to them, and is the only way that nodes and the vantage
// reach each other. So what a [Host] suffers is met by all traffic, established
// connections included:
//
//   - a host without a listener refuses;
//   - an isolated host is a black hole: attempts hang, what is written waits,
//     what arrives is held back, as TCP does with packets that are dropped, and
//     everything flows again after the host rejoined;
//   - a frozen host still completes connections, and nothing answers.
//
// Start with [New] and [Network.Add]; [Network.Close] ends every connection and
// waits for what the network started.
package network
