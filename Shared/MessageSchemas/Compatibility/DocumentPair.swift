import JSONCoding

/// Two AsyncAPI documents of ours, place by place.
struct DocumentPair {
    /// As released.
    let old: JSONValue
    /// As it is now.
    let new: JSONValue

    /// What is at a place in each, by names, behind a reference if there is one.
    func members(at place: [String]) -> (old: [String: JSONValue], new: [String: JSONValue]) {
        (old[place]?.followed(in: old).members ?? [:], new[place]?.followed(in: new).members ?? [:])
    }

    /// A change for each word of a place that says another thing, is dropped or is new, but for what only tells people
    /// something.
    ///
    /// - Parameters:
    ///   - words: What is compared in another way.
    ///   - path: What the place is called.
    func differences(at place: [String], besides words: Set<String>, called path: String) -> [ContractChange] {
        let (before, after) = members(at: place)
        return Set(before.keys).union(after.keys).subtracting(words).subtracting(Self.told).sorted()
            .filter { !PlainSchema.isAnnotation($0) }
            .filter { before[$0]?.inlined(in: old) != after[$0]?.inlined(in: new) }
            .map { word in
                ContractChange(
                    path: path,
                    victim: .both,
                    reason: ContractChange.reason(of: word, was: before[word], is: after[word]),
                    remedy: "keep it as it was; \(ContractChange.newVersion)"
                )
            }
    }

    private static let told: Set<String> = ["summary", "tags", "externalDocs", "bindingVersion"]
}
