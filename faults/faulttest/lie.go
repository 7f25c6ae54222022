package faulttest

// Lie is one way in which a node does not do what it says.
type Lie string

// The lies that can be planted in a [Node].
const (
	KillSpares    Lie = "kill returns without an error and kills nothing"
	KillPretends  Lie = "kill kills nothing, and the state says it did"
	StopSpares    Lie = "stop returns without an error and stops nothing"
	StopPretends  Lie = "stop stops nothing, and the state says it did"
	PauseSpares   Lie = "pause returns without an error and pauses nothing"
	PausePretends Lie = "pause pauses nothing, and the state says it did"
	DropSpares    Lie = "isolate returns without an error and drops nothing"
	DropPretends  Lie = "isolate drops nothing, and the counter says the rule is on"
	SignalSpares  Lie = "signal counts its matches and signals none"
	StartFails    Lie = "start returns without an error and starts nothing"
	ResumeFails   Lie = "resume returns without an error and resumes nothing"
	ResumeHides   Lie = "resume resumes nothing, and the state says it did"
	RejoinFails   Lie = "rejoin returns without an error and the drop stays"
	RejoinHides   Lie = "rejoin leaves the drop, and the counter says it is off"
	ContFails     Lie = "signal CONT counts its matches and continues none"
	PowerSpares   Lie = "cutting the power returns without an error, and the disks are left in order"
	PowerSticks   Lie = "the disks stay shut down after a start"
	RuleSpares    Lie = "a rule is put without an error and does not stand"
	RulePretends  Lie = "a rule stands, and has no effect"
	TakeFails     Lie = "a rule is taken without an error and stands on"
	TakeHides     Lie = "a rule that was taken is not listed, and has its effect on"
	Blind         Lie = "the outside sees nothing, fault or not"
	Spills        Lie = "whatever is done to the node hits the bystander too"
)
