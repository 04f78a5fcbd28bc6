/// How far services are behind, as its page shows it.
struct LagView: Sendable {
    struct Group: Sendable {
        let name: String
        let topic: String
        let messages: String
        let age: String
        let standing: Badge
        let partitions: [Partition]
    }

    struct Partition: Sendable {
        let number: Int
        let messages: String
        let age: String
    }

    let groups: [Group]

    /// Who is behind by more than this, in seconds, is told of.
    private static let limit = 60.0

    init(_ groups: [GroupLag], _ visit: Visit) {
        let texts = visit.texts
        self.groups = groups.map { group in
            Group(
                name: group.group,
                topic: group.topic,
                messages: texts.number(group.messages),
                age: Self.age(group.seconds, texts),
                standing: Self.standing(group, texts),
                partitions: group.partitions.map { partition in
                    Partition(
                        number: partition.partition,
                        messages: texts.number(partition.messages),
                        age: Self.age(partition.seconds, texts)
                    )
                }
            )
        }
    }

    private static func standing(_ group: GroupLag, _ texts: Texts) -> Badge {
        if group.messages == 0 { return Badge(texts["operations.lagNone"], .good) }
        if !group.hasRead { return Badge(texts["operations.lagNothingRead"], .bad) }
        let isFar = (group.seconds ?? 0) > limit
        return isFar ? Badge(texts["operations.lagFar"], .caution) : Badge(texts["operations.lagReading"], .busy)
    }

    private static func age(_ seconds: Double?, _ texts: Texts) -> String {
        guard let seconds else { return "–" }
        let whole = Int(seconds.rounded())
        guard whole >= 60 else { return texts["run.seconds", ["seconds": "\(whole)"]] }
        return texts["run.minutes", ["minutes": texts.number(whole / 60), "seconds": "\(whole % 60)"]]
    }
}
