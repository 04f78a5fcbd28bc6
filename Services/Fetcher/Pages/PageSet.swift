import Messages

/// The pages that an identity provider's directory was last built from: what WeCom answers alike need not travel
/// again (architecture.md §3).
struct PageSet: Equatable, Sendable {
    /// What WeCom answered for a department.
    struct Answer: Equatable, Sendable {
        /// The digest of the whole answer.
        let digest: ContentDigest
        /// The pages that it was cut into, in their order.
        let parts: [Part]
    }

    /// A page of it.
    struct Part: Equatable, Sendable {
        /// The digest of its bytes.
        let digest: ContentDigest
        /// The digests of its people's keys, in their order; one that comes twice is there twice.
        let keys: [ContentDigest]
    }

    /// How pages were read: only those that were read alike stand for each other.
    struct Way: Equatable, Sendable {
        /// By which rules they are mapped.
        let mapping: MappingNumber
        /// The hash of the scope.
        let scope: ContentDigest
        /// Whose credentials: the corp, and the app in it.
        let corp: String
        let agent: Int64
    }

    /// By department.
    var answers: [Int64: Answer] = [:]

    /// The page, if it is among those.
    func part(_ origin: PageOrigin) -> Part? {
        guard let parts = answers[origin.department]?.parts, parts.indices.contains(origin.part),
            parts[origin.part].digest == origin.digest
        else { return nil }
        return parts[origin.part]
    }
}

/// What a run has to change in the ``PageSet``, so that the next one can go on from it.
struct PageSetUpdate: Sendable {
    /// How the run was read.
    let way: PageSet.Way
    /// What the run could go on from itself.
    let known: PageSet?
    /// What WeCom answered otherwise than before, by department.
    var changed: [Int64: PageSet.Answer] = [:]

    /// The departments of which nothing of before is true any more.
    ///
    /// - Parameter plan: The departments that were read.
    func outdated(by plan: some Sequence<Int64>) -> [Int64] {
        guard let known else { return [] }
        let current = Set(plan)
        return known.answers.keys.filter { changed[$0] != nil || !current.contains($0) }.sorted()
    }
}
