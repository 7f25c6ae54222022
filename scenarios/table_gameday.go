package scenarios

// gameDayKeys are the keys of kind GameDay, by Go type.
var (
	exerciseForms = exercises[:len(exercises)-1] // all but automated, which nobody attends
	channelKinds  = []string{"webhook", "ntfy", "matrix", "exec", "email", "wall"}
	// ExerciseChecks are what an exercise is judged by.
	exerciseChecks = []string{"drill", "hypotheses", "contacts-reached", "notices-sent", "announcements-acknowledged", "plan-current",
		"roles-filled", "roles-trained", "runbook-done", "service-levels", "programme-current", "actions-followed", "regression-followed"}

	gameDayKeys = map[string]map[string]fact{
		"GameDay": {
			"apiVersion":  {doc: "version of the schema", required: true, enum: []string{APIVersion}},
			"kind":        {doc: "what the file describes", required: true, enum: []string{"GameDay"}},
			"metadata":    {doc: "name, story and the requirements that the exercise answers", required: true},
			"form":        {doc: "what the exercise is; a tabletop takes no scenario", required: true, enum: exerciseForms},
			"goal":        {doc: "what is to be found out", required: true, form: textForm},
			"hypotheses":  {doc: "what is believed before, a sentence each"},
			"scenario":    {doc: "the drill that is led: a name of the library, or a file beside this one", form: textForm},
			"set":         {doc: "values of the scenario that are different in the exercise: path=value", form: textForm},
			"patience":    {doc: "how long the drill waits for an inject or a step, at most. Default 2h"},
			"breaks":      {doc: "what the exercise takes away: mail:DOMAIN, dns:ZONE, node:NAME, or a word such as directory; the faults of a scenario add theirs", form: dependencyForm},
			"plan":        {doc: "the recovery plan that is exercised", required: true},
			"roles":       {doc: "who plays which part", required: true},
			"channels":    {doc: "ways to reach people while mail is down"},
			"rollcall":    {doc: "how many have to answer, and how soon"},
			"notices":     {doc: "what is told to users, partners and the support desk"},
			"injects":     {doc: "what happens to the players", required: true},
			"runbook":     {doc: "what the players do, in order"},
			"stop_when":   {doc: "when people stop the exercise, a sentence each; the guards of the scenario are the machine's"},
			"differences": {doc: "E05, how what is exercised differs from production, a sentence each"},
			"report_to":   {doc: "E24, who gets the report, and by when: a management body, an auditor"},
			"levels":      {doc: "service levels that were agreed with providers"},
			"follows":     {doc: "game days whose actions must be followed up, by name", form: nameForm},
			"programme":   {doc: "programme that must have nothing overdue: a name of the library, or a file beside this one", form: textForm},
			"expect":      {doc: "how the exercise ends if all is as this file says"},
		},
		"Hypothesis": {
			"id":        {doc: "name", required: true, form: nameForm},
			"text":      {doc: "the sentence", required: true, form: textForm},
			"objective": {doc: "objective of the drill that decides it, \"rto.imap\". Default: people do", enum: objectiveNames},
		},
		"RecoveryPlan": {
			"document":    {doc: "title of the plan", required: true, form: textForm},
			"version":     {doc: "its version", required: true, form: textForm},
			"reviewed":    {doc: "day of its last review, 2026-03-01", required: true, form: dayForm},
			"within_days": {doc: "how old the review may be. Default 365", min: 1, max: 3660},
			"topology":    {doc: "digest of the topology that it describes, as `maildrill gameday lint` prints it; another one makes the plan stale. Default: not compared", form: textForm},
			"runbook":     {doc: "where the runbook is kept", form: textForm},
			"depends_on":  {doc: "what one needs to read it", form: dependencyForm},
		},
		"Role": {
			"role":        {doc: "the part", required: true, enum: roles},
			"name":        {doc: "who plays it", form: textForm},
			"deputy":      {doc: "who plays it if that person cannot", form: textForm},
			"channel":     {doc: "channel on which the person is reached", form: nameForm},
			"address":     {doc: "name or number there", form: textForm},
			"trained":     {doc: "day of the last training, 2026-03-01", form: dayForm},
			"within_days": {doc: "how old that may be. Default 365", min: 1, max: 3660},
			"waived":      {doc: "why nobody plays it", form: textForm},
		},
		"Channel": {
			"id":         {doc: "name", required: true, form: nameForm},
			"kind":       {doc: "what carries the messages", required: true, enum: channelKinds},
			"format":     {doc: "of a webhook: what the other side reads. Default json", enum: []string{"json", "slack", "teams", "mattermost"}},
			"url":        {doc: "address; one that holds a secret belongs in url_from", form: textForm},
			"url_from":   {doc: "where the address is: env:NAME or file:PATH", form: secretForm},
			"token_from": {doc: "where the access token is: env:NAME or file:PATH", form: secretForm},
			"command":    {doc: "of kind exec: the program and its arguments; the message is on its standard input, as JSON"},
			"room":       {doc: "of kind matrix: the room's id; of ntfy: the topic", form: textForm},
			"provider":   {doc: "of kind email: who carries it, independent of the system under test", form: textForm},
			"server":     {doc: "of kind email: HOST:PORT of the provider's submission", form: textForm},
			"from":       {doc: "of kind email: address of the sender", form: textForm},
			"depends_on": {doc: "what it needs: mail:DOMAIN, dns:ZONE, node:NAME, or a word such as sso", form: dependencyForm},
		},
		"RollCall": {
			"within": {doc: "longest time until the answers. Default 5m"},
			"quorum": {doc: "answers that are needed. Default: of all", min: 1, max: 1000},
		},
		"Notice": {
			"id":          {doc: "name", required: true, form: nameForm},
			"when":        {doc: "before, during or after the exercise", required: true, enum: []string{"before", "during", "after"}},
			"lead":        {doc: "of one before: how long before the start at least"},
			"channel":     {doc: "channel that carries it", required: true, form: nameForm},
			"audience":    {doc: "whom it is for: users, partners, support", required: true, form: textForm},
			"text":        {doc: "what it says", required: true, form: textForm},
			"acknowledge": {doc: "somebody of the audience has to answer. Default false"},
		},
		"Inject": {
			"id":       {doc: "name", required: true, form: nameForm},
			"title":    {doc: "one sentence for those who lead", required: true, form: textForm},
			"text":     {doc: "what the players are told. Default: nothing", form: textForm},
			"channel":  {doc: "channel that carries the text", form: nameForm},
			"step":     {doc: "step of the scenario that is held back until the inject is released", form: nameForm},
			"at":       {doc: "released by itself, so long after the start", zero: true},
			"between":  {doc: "released by itself at a time drawn from these two"},
			"surprise": {doc: "players do not see it before it is released. Default false"},
		},
		"RunbookStep": {
			"id":       {doc: "name", required: true, form: nameForm},
			"title":    {doc: "what is done", required: true, form: textForm},
			"role":     {doc: "whose step it is", enum: roles},
			"expect":   {doc: "how long it should take"},
			"after":    {doc: "inject that calls for it: its time counts from there. Default: from the step before", form: nameForm},
			"releases": {doc: "step of the scenario that is held back until this one is done", form: nameForm},
		},
		"ServiceLevel": {
			"provider":     {doc: "who agreed to it", required: true, form: textForm},
			"service":      {doc: "service that it is about", required: true, enum: rtoServices},
			"recovery":     {doc: "longest outage"},
			"availability": {doc: "share of the drill's time, 99.5%"},
		},
		"GameDayExpect": {
			"verdict": {doc: "how the exercise ends", required: true, enum: []string{"passed", "failed", "inconclusive", "aborted"}},
			"checks":  {doc: "exactly those that are missed", enum: exerciseChecks},
			"reason":  {doc: "why it ends so"},
		},
	}
)
