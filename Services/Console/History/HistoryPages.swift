import Hummingbird
import Runtime
import Web

/// What became of each person and department, and people as they were at another time.
///
/// The directory is asked with the console's own key, and so always for what belongs to an identity provider that the
/// registry has shown to whoever is signed in.
struct HistoryPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/idps/{idp}/people/{user}/history", desk) { visit in try await person(visit) }
        router.page("/idps/{idp}/departments/{department}/history", desk) { visit in try await department(visit) }
        router.page("/idps/{idp}/people/{user}/past", desk) { visit in try await past(visit) }
    }

    /// Where a person's history is; their id is the directory's, as whoever is gone has no other for sure.
    static func path(_ provider: String, person id: String) -> String { "/idps/\(provider)/people/\(id)/history" }

    /// Where a department's history is.
    static func path(_ provider: String, department id: String) -> String {
        "/idps/\(provider)/departments/\(id)/history"
    }

    private func person(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.people)
        guard let provider = place.provider else { throw PageError.notFound }
        let id = try visit.id("user")
        let page = try await history("/api/v1/users/\(id)/history", [("idp", provider.id)], visit)
        let now = try await found { try await user(id, of: provider) }
        // Who is gone is called as they were last.
        let last = page.items.lazy.compactMap { $0.change == "deleted" ? $0.before : nil }.first
        let subject = HistorySubject(
            name: now?.displayName ?? last?["displayName"]?.lines.first ?? now?.externalID ?? id,
            externalID: now?.externalID ?? last?["externalID"]?.lines.first,
            present: now.map { PersonPage.path(provider.id, $0.externalID) },
            past: "/idps/\(provider.id)/people/\(id)/past"
        )
        return try await show(subject, page, place, visit)
    }

    private func department(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.people)
        guard let provider = place.provider, let id = visit.context.parameters.get("department").flatMap({ Int($0) })
        else { throw PageError.notFound }
        let page = try await history("/api/v1/idps/\(provider.id)/departments/\(id)/history", [], visit)
        let names = await DepartmentNames.read([id], of: provider, visit)
        let subject = HistorySubject(
            name: names[id],
            externalID: "\(id)",
            present: "/idps/\(provider.id)/people?department=\(id)",
            past: nil
        )
        return try await show(subject, page, place, visit)
    }

    private func history(
        _ path: String,
        _ query: [(name: String, value: String?)],
        _ visit: Visit
    ) async throws -> Listed<HistoryEntry> {
        try await desk.directory.get(path, query + [("limit", "30"), ("cursor", visit.query["cursor"])])
    }

    private func show(
        _ subject: HistorySubject,
        _ page: Listed<HistoryEntry>,
        _ place: Visit.Place,
        _ visit: Visit
    ) async throws -> Response {
        guard let provider = place.provider else { throw PageError.notFound }
        let named = DepartmentNames.named(in: page.items.flatMap { [$0.before, $0.after] })
        let names = await DepartmentNames.read(named, of: provider, visit)
        return try visit.page(
            "history",
            title: "\(visit.texts["history.title"]) · \(subject.name)",
            at: place,
            HistoryList(of: subject, page, names, provider, visit)
        )
    }

    /// A person as they were; where that is not known, why.
    private func past(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.people)
        guard let provider = place.provider else { throw PageError.notFound }
        let (id, time) = (try visit.id("user"), PastTime(visit.query))
        func shown(_ person: PersonPage?, _ visit: Visit) throws -> Response {
            try visit.page(
                "past",
                title: visit.texts["history.past"],
                at: place,
                PastPerson(id, time, person, provider, visit)
            )
        }
        guard let time else {
            return try await visit.refusing(.refused("no-time")) { try shown(nil, $0) }
        }
        do {
            let user = try await desk.directory.get(
                "/api/v1/users/\(id)",
                [("idp", provider.id), ("at", time.text)],
                as: DirectoryUser.self
            )
            let names = await DepartmentNames.read(Set(user.departments.map(\.id)), of: provider, visit)
            return try shown(PersonPage(user, provider, names, isPast: true, visit), visit)
        } catch let problem as APIProblem where [404, 410].contains(problem.status) {
            return try await visit.refusing(problem) { try shown(nil, $0) }
        }
    }

    private func user(_ id: String, of provider: IdentityProvider) async throws -> DirectoryUser {
        try await desk.directory.get("/api/v1/users/\(id)", [("idp", provider.id)])
    }

    /// Nil for what is not there any more.
    private func found<Value>(_ read: () async throws -> Value) async throws -> Value? {
        do {
            return try await read()
        } catch let problem as APIProblem where problem.status == 404 {
            return nil
        }
    }
}

/// A person as they were at a time.
struct PastPerson: Sendable {
    let base: String
    let historyPath: String
    let past: PastChoice
    let at: Moment?
    let person: PersonPage?

    init(_ id: String, _ time: PastTime?, _ person: PersonPage?, _ provider: IdentityProvider, _ visit: Visit) {
        base = "/idps/\(provider.id)"
        historyPath = HistoryPages.path(provider.id, person: id)
        past = PastChoice(path: "\(base)/people/\(id)/past", typed: time?.typed)
        at = time.map { Moment($0.text, visit) }
        self.person = person
    }
}
