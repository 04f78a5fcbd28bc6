import Messages

/// Why nothing is told again.
public struct ReplayRefusal: Error, CustomStringConvertible {
    /// In a sentence, with what to do instead.
    public let description: String

    /// - Parameter description: In a sentence, with what to do instead.
    public init(_ description: String) { self.description = description }
}

extension ReplayLog.Contents {
    /// What retention has lost of that which was chosen; nil where nothing is.
    func refusal(of choice: ReplayChoice, on topic: Topic) -> ReplayRefusal? {
        let extent =
            since.map { "\(topic.name) has this identity provider's partition since \($0)" }
            ?? "\(topic.name) has nothing of this identity provider"
        let instead = "start a run of kind full or repair instead, which reads WeCom"
        if let run = choice.run, !words.hasChosenRun {
            return ReplayRefusal("The run \(run) is not there from its beginning to its end: \(extent); \(instead).")
        }
        if let from = choice.from, isTrimmed, let since, from < since {
            return ReplayRefusal("What was told from \(from) on is no longer kept: \(extent). Give a later beginning.")
        }
        guard words.lastReading != nil else {
            return ReplayRefusal("There is no whole reading of everything: \(extent); \(instead).")
        }
        if words.lostOfChosen > 0 {
            return ReplayRefusal(
                "The records of \(words.lostOfChosen) people are no longer kept, which WeCom has not changed since: \(extent); \(instead)."
            )
        }
        if words.told.isEmpty {
            return ReplayRefusal("Nothing of what was chosen has a last word: \(extent).")
        }
        return nil
    }
}
