/// A word with a colour, for how something stands.
struct Badge: Sendable {
    /// What the colour says; the word says it, too.
    enum Tone: String, Sendable { case good, busy, caution, bad, quiet }

    let word: String
    let tone: String

    init(_ word: String, _ tone: Tone) {
        self.word = word
        self.tone = tone.rawValue
    }

    init(_ status: Tenant.Status, _ texts: Texts) {
        let tones: [Tenant.Status: Tone] = [.active: .good, .suspended: .caution, .deleting: .bad]
        self.init(texts["tenant.\(status.rawValue)"], tones[status] ?? .quiet)
    }

    /// How a run stands, or how it ended.
    init(_ run: Run, _ texts: Texts) {
        guard let outcome = run.outcome else {
            self.init(texts["run.\(run.state.rawValue)"], run.state == .running ? .busy : .quiet)
            return
        }
        let tones: [Run.Outcome: Tone] = [
            .succeeded: .good, .partial: .caution, .held: .caution, .failed: .bad, .cancelled: .quiet, .skipped: .quiet,
        ]
        self.init(texts["run.\(outcome.rawValue)"], tones[outcome] ?? .quiet)
    }
}
