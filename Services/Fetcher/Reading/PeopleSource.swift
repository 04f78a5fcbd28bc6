import JSONCoding
import Messages
import WeCom

/// Asks WeCom for people, a department or a few persons at a time.
struct PeopleSource: Sendable {
    /// What is asked for at once.
    enum Unit: Equatable, Sendable {
        case department(Int64)
        /// People by their ids, spelt as WeCom does.
        case persons([String])
    }

    /// What came of it.
    struct Answer: Sendable {
        /// The department, if that was asked for and could be read.
        var department: DepartmentPeople?
        /// Digests of the keys of the persons, if those were asked for.
        var keys: [ContentDigest] = []
        /// What WeCom said of them, as far as it did.
        var people: [AskedPerson] = []
        /// What has to travel.
        var pages: [RunSender.Page] = []
        /// What is as before.
        var unchanged: [UnchangedPages.Page] = []
        /// The department's pages, if they are not those of before.
        var changed: PageSet.Answer?
        /// Why not all is there, a sentence each; a department's own stand with it.
        var shortcomings: [String] = []
        /// What WeCom says is gone, a sentence each: nothing falls short by it.
        var notices: [String] = []
        /// The department, if it was asked for and could not be read.
        var unread: Int64?
        /// What kept the last call from its answer.
        var error: WeComError?
        /// WeCom lets nothing more be read: the rest of the persons were not asked for.
        var wait: RunMustWait?

        /// Whether WeCom answered anything; one that is busy, or whose answer is cut off, has answered.
        var wasAnswered = true
        /// How many of the calls, the last ones, nothing came back of.
        var unansweredInRow = 0
    }

    /// By what it is told where people's departments stand.
    enum Paths: Sendable {
        /// The whole list, and its digest.
        case listed(DepartmentPaths, ContentDigest)
        /// Each department that comes up is asked for, with those above it.
        case asked(Ancestry)

        init(listed paths: DepartmentPaths) { self = .listed(paths, paths.digest) }
    }

    let session: CorpSession
    let isCaseSensitive: Bool
    /// The pages that the directory was last built from, where they need not travel again.
    let known: PageSet?
    /// Nil where no rule asks.
    let paths: Paths?

    /// Reads a unit. What WeCom refuses for the unit alone is a shortcoming.
    ///
    /// - Throws: ``RunFailure`` when WeCom refuses the whole run.
    @concurrent
    func read(_ unit: Unit) async throws -> Answer {
        switch unit {
        case .department(let id): try await read(department: id)
        case .persons(let ids): try await read(persons: ids)
        }
    }

    private func read(department id: Int64) async throws -> Answer {
        do {
            if case .asked(let ancestry)? = paths {
                let body = try await session.userList(department: id)
                let paths = try await ancestry.paths(of: UserList.departments(ofAnswer: body))
                return try answer(of: id, body, paths)
            }
            return try await session.userList(department: id) { body in
                guard case .listed(let paths, let digest)? = paths else { return try answer(of: id, body) }
                return try answer(of: id, body, paths, digest)
            }
        } catch let error as WeComError {
            // Of one that is only out of sight nothing is known: its people are not judged.
            if error.code.flatMap(ErrorReactions.absence(ofDepartmentBy:)) == .gone {
                return Answer(notices: ["Department \(id) is no longer there: \(error.cause)."])
            }
            guard error.concernsOneUnit else { throw error.consequence }
            return Answer(unreadable: id, error.cause, error)
        } catch is JSONError {
            return Answer(unreadable: id, "WeCom's answer is not of its form")
        }
    }

    /// What of a department has to travel.
    ///
    /// - Parameter names: Tells the names that stand in paths from others.
    private func answer(
        of id: Int64,
        _ body: [UInt8],
        _ paths: DepartmentPaths? = nil,
        _ names: ContentDigest = .zero
    ) throws(JSONError) -> Answer {
        let digest = ContentDigest(of: body) &+ names
        if let same = known?.answers[id], same.digest == digest { return Answer(unchanged: same, of: id) }
        let list = try UserList(departmentAnswer: body, isCaseSensitive: isCaseSensitive, paths: paths)
        var answer = Answer()
        answer.department = DepartmentPeople(
            department: id,
            keys: list.keys,
            shortcomings: list.shortcomings(of: "Department \(id)")
        )
        var parts: [PageSet.Part] = []
        for (number, page) in list.pages.enumerated() {
            let origin = PageOrigin(department: id, part: number, digest: ContentDigest(of: page.bytes))
            if let same = known?.part(origin) {
                parts.append(same)
                answer.unchanged.append(UnchangedPages.Page(origin: origin, users: DigestList(same.keys)))
            } else {
                parts.append(PageSet.Part(digest: origin.digest, keys: Array(list.keys(ofPage: number))))
                answer.pages.append(.users(page, origin))
            }
        }
        answer.changed = PageSet.Answer(digest: digest, parts: parts)
        return answer
    }

    /// Single people are read here of whole ranges only.
    private var listedPaths: DepartmentPaths? {
        if case .listed(let paths, _)? = paths { paths } else { nil }
    }

    private func read(persons ids: [String]) async throws -> Answer {
        var answer = Answer()
        answer.wasAnswered = false
        var shown: [(id: String, body: [UInt8])] = []
        for (place, id) in ids.enumerated() {
            // They are asked for one after the other: an outage would be waited for with each of them.
            guard answer.unansweredInRow < WeComUnreachable.callsInRow else {
                answer.shortcomings.append("\(ids.count - place) people of the visible range were not asked for.")
                break
            }
            do {
                let body = try await session.user(WeComUserID(id, isEncrypted: isCaseSensitive))
                shown.append((id, body))
                answer.noteCall(nil)
            } catch let error as WeComError {
                if let code = error.code, ErrorReactions.absence(ofPersonBy: code) != nil {
                    answer.people.append(AskedPerson(key: key(of: id), isPresent: false, isSent: false, code: code))
                    answer.noteCall(nil)
                    continue
                }
                guard error.concernsOneUnit else {
                    guard let wait = error.consequence as? RunMustWait else { throw error.consequence }
                    answer.wait = wait
                    break
                }
                answer.noteCall(error)
                answer.shortcomings.append("A person of the visible range could not be read: \(error.cause).")
            } catch is InvalidIdentifier {
                answer.shortcomings.append("The visible range names a person by an id that WeCom cannot have.")
            }
        }
        take(shown, into: &answer)
        return answer
    }

    /// Takes the records of those whom WeCom shows; one that cannot be read falls short alone.
    private func take(_ shown: [(id: String, body: [UInt8])], into answer: inout Answer) {
        let list = UserList(personAnswers: shown.map(\.body), isCaseSensitive: isCaseSensitive, paths: listedPaths)
        answer.keys = list.keys
        answer.pages = list.pages.map { .users($0, nil) }
        answer.shortcomings += list.shortcomings(of: "The visible range")
        let sent = Set(list.keys)
        answer.people += shown.map { key(of: $0.id) }.filter(sent.contains).map {
            AskedPerson(key: $0, isPresent: true, isSent: true)
        }
    }

    private func key(of id: String) -> ContentDigest {
        DirectoryKey(id, isCaseSensitive: isCaseSensitive).digest
    }
}

extension PeopleSource.Answer {
    /// What came of one of several calls.
    fileprivate mutating func noteCall(_ error: WeComError?) {
        self.error = error
        if error?.isWithoutAnswer == true {
            unansweredInRow += 1
        } else {
            unansweredInRow = 0
            wasAnswered = true
        }
    }

    /// A department that could not be read.
    fileprivate init(unreadable id: Int64, _ cause: String, _ error: WeComError? = nil) {
        shortcomings = ["Department \(id) could not be read: \(cause)."]
        unread = id
        self.error = error
        if error?.isWithoutAnswer == true { (wasAnswered, unansweredInRow) = (false, 1) }
    }

    /// A department of which WeCom says what it said before.
    fileprivate init(unchanged answer: PageSet.Answer, of id: Int64) {
        department = DepartmentPeople(department: id, keys: answer.parts.flatMap(\.keys), shortcomings: [])
        unchanged = answer.parts.enumerated().map { number, part in
            UnchangedPages.Page(
                origin: PageOrigin(department: id, part: number, digest: part.digest),
                users: DigestList(part.keys)
            )
        }
    }
}

extension UserList {
    /// Why not all people of `what` can be counted on.
    func shortcomings(of what: String) -> [String] {
        var reasons: [String] = []
        if withoutID > 0 { reasons.append("\(what) shows \(withoutID) people without a user id.") }
        if tooOdd > 0 { reasons.append("\(what) shows \(tooOdd) people whose records cannot be read.") }
        if tooLarge > 0 { reasons.append("\(what) shows \(tooLarge) people whose records are too large.") }
        return reasons
    }
}
