package faults

// whatComposes is a paragraph of the page that [Document] writes.
const whatComposes = `
## Which faults may be on together

Two faults may be on at the same time if each can still be told from the other: its proof, and the proof that it is gone. A fault says what it changes and what its
proof rests on; what one changes, no other may change or rest on. Steps that overlap by their times are refused when the scenario is compiled, with both steps and the
reason. Whether steps with ` + "`after` or `when`" + ` meet shows only while the drill runs: the later one is not injected then, and has the state ` + "`refused`" + ` in the record.

- A fault that ends, freezes or replaces a node has that node for itself. Only load that was offered once it ran (mail, passwords) may be on beside it.
- Processes, limits and volumes of a node are taken one by one, by name.
- Packets: a way between two nodes that is cut has no other fault, and one on which packets are lost has no proxy. A cut between named peers needs all other nodes
  to answer, so that it can be seen to spare them: none of them is dead, and no packets are lost on the way there.
- Connections from one node to one port pass one proxy (` + "`link.*`, `smtp.*`, `lmtp.*`, `tls.*`, `dep.*`" + `).
- DNS: one rule for a question of a client. The answers are looked at from the outside node, unless ` + "`clients`" + ` names others, which must be well then.
- Load: one kind of clients at a node, whose connections pass no proxy.
`
