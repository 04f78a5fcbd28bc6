import Messages

/// A run of which all has arrived: what is decided about in the transaction that takes in its end.
struct RunCompletion: Sendable {
    let manifest: FetchManifest
    /// Who and what the run saw, and what the directory had before.
    let index: SourceIndex
    /// Which people the run says something about.
    let people: People
    /// Whether it says something about departments.
    let judgesDepartments: Bool
    /// Departments whose people were read whole.
    let readDepartments: Set<Int64>
    /// Departments whose people were not read, or not all of them.
    let unreadDepartments: Set<Int64>
    /// The content of copies of people that said otherwise.
    let copies: [DirectoryKey: Set<ContentDigest>]
    /// People whose records were not applied, or not all of them, until somebody decides.
    let withheld: [DirectoryKey: Withheld]
    let allowance: Allowance
    /// Whether ids are compared otherwise than before.
    let haveIDsChanged: Bool
    /// Why the run is not as it should be, a sentence each.
    let reasons: [String]
    /// Whether something was lost inside the pipeline: then nobody is missing.
    let hasLosses: Bool
    let isBasis: Bool

    /// Which people a run says something about.
    enum People: Equatable {
        case none
        /// Everybody.
        case all
        /// Who was in a department that it read, and those of whom WeCom said that they are gone.
        case ofTargets
    }

    var surroundings: Surroundings {
        Surroundings(range: manifest.visibleRangeHash, scope: manifest.scopeHash)
    }

    /// Those that others can be compared with; `nil` where a part of the range could not be read, as nobody knows then
    /// whether it is another one.
    var wholeSurroundings: Surroundings? { manifest.isRangeWhole ? surroundings : nil }
}

extension ActiveRun {
    /// All that the run has to say once all of it has arrived.
    func completion(with manifest: FetchManifest) -> RunCompletion {
        let losses = ManifestCheck.losses(of: self, by: manifest)
        var reasons = losses + ManifestCheck.shortcomings(of: self, by: manifest)
        let (people, units) = (counts.users.rejected, counts.departments.rejected)
        if people + units > 0 { reasons.append("\(people) people and \(units) departments could not be taken.") }
        let unread = unreadDepartments(by: manifest)
        let seen = Set(index.departments.lazy.filter { $0.value.verdict != nil }.map(\.key))
        let isProven = losses.isEmpty && manifest.isComplete && unproven.isEmpty && refusals.count == 0
        return RunCompletion(
            manifest: manifest,
            index: index,
            people: kind.readsEverything ? .all : kind == .objects ? .ofTargets : .none,
            judgesDepartments: kind.readsAll(of: .department),
            readDepartments: seen.subtracting(unread),
            unreadDepartments: unread,
            copies: copies.met,
            withheld: withheld,
            allowance: allowance,
            haveIDsChanged: index.userIDCase ?? terms.userIDCase != terms.userIDCase && index.users.count > 0,
            reasons: reasons,
            hasLosses: !losses.isEmpty,
            isBasis: isProven && kind.readsEverything && !isDryRun && !hasRejections && withheld.isEmpty
                && copies.met.isEmpty
        )
    }

    private func unreadDepartments(by manifest: FetchManifest) -> Set<Int64> {
        Set(manifest.unreadDepartments).union(unproven.map(\.department)).union(refusals.departments)
            .union(departmentsWithAnonymous)
    }
}
