import Hummingbird
import Web

/// An identity provider's people, with a search, and each person's page.
struct PeoplePages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/idps/{idp}/people", desk) { visit in try await list(visit) }
        router.page("/idps/{idp}/departments", desk) { visit in try await departments(visit) }
        router.page("/idps/{idp}/person", desk) { visit in try await person(visit) }
    }

    private func list(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.people)
        guard let provider = place.provider else { throw PageError.notFound }
        let page = try await desk.directory.get(
            "/api/v1/idps/\(provider.id)/users",
            [
                ("q", visit.query["q"]), ("department", visit.query["department"]), ("state", visit.query["state"]),
                ("limit", "50"), ("cursor", visit.query["cursor"]),
            ],
            as: Listed<DirectoryUser>.self
        )
        return try visit.page(
            "people",
            title: visit.texts["nav.people"],
            at: place,
            PeopleList(provider, page, visit)
        )
    }

    private func departments(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.people)
        guard let provider = place.provider else { throw PageError.notFound }
        let kept = try await DepartmentTree.departments(of: provider, visit)
        let tree = DepartmentTree(
            kept.map { .init(id: $0.externalID, parentID: $0.parentID, name: $0.name, people: $0.people) },
            isLive: false
        )
        return try visit.page(
            "departments",
            title: visit.texts["people.departments"],
            at: place,
            DepartmentList(provider, tree, visit)
        )
    }

    private func person(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.people)
        guard let provider = place.provider, let id = visit.query["id"] else { throw PageError.notFound }
        let page = try await desk.directory.get(
            "/api/v1/idps/\(provider.id)/users",
            [("externalID", id), ("limit", "1")],
            as: Listed<DirectoryUser>.self
        )
        guard let user = page.items.first else { throw APIProblem.notFound(.directory) }
        let wanted = Set(user.departments.map(\.id))
        let departments = try await DepartmentTree.departments(of: provider, visit)
        let names = Dictionary(
            departments.filter { wanted.contains($0.externalID) }.compactMap { department in
                department.name.map { (department.externalID, $0) }
            }
        ) { first, _ in first }
        return try visit.page(
            "person",
            title: user.displayName ?? user.externalID,
            at: place,
            PersonPage(user, provider, names, visit)
        )
    }
}

/// People in a list.
struct PeopleList: Sendable {
    struct Row: Sendable {
        let link: String
        let shownName: String
        let externalID: String
        let email: String?
        let position: String?
        let standing: Badge
        let updatedAt: Moment
    }

    struct Choice: Sendable {
        let state: String
        let label: String
        let isChosen: Bool
    }

    let base: String
    let typed: String?
    let department: String?
    let states: [Choice]
    let rows: [Row]
    let isSearch: Bool
    let next: String?

    init(_ provider: IdentityProvider, _ page: Listed<DirectoryUser>, _ visit: Visit) {
        let texts = visit.texts
        base = "/idps/\(provider.id)"
        typed = visit.query["q"]
        department = visit.query["department"]
        let state = visit.query["state"] ?? ""
        states = ["", "active", "removed"].map {
            Choice(state: $0, label: texts["people.state_\($0.isEmpty ? "any" : $0)"], isChosen: $0 == state)
        }
        rows = page.items.map { user in
            Row(
                link: PersonPage.path(provider.id, user.externalID),
                shownName: user.displayName ?? user.externalID,
                externalID: user.externalID,
                email: user.email,
                position: user.title,
                standing: Badge(of: user, texts),
                updatedAt: Moment(user.updatedAt, visit)
            )
        }
        isSearch = typed != nil || department != nil || !state.isEmpty
        next = visit.next(page.nextCursor)
    }
}

/// The departments of the directory, as a tree.
struct DepartmentList: Sendable {
    struct Row: Sendable {
        let link: String
        let label: String
        let id: Int
        let indent: Int
        let count: String?
    }

    let base: String
    let rows: [Row]
    let typed: String?

    init(_ provider: IdentityProvider, _ tree: DepartmentTree, _ visit: Visit) {
        let path = "/idps/\(provider.id)"
        let wanted = (visit.query["q"] ?? "").lowercased()
        base = path
        typed = visit.query["q"]
        rows = tree.nodes.filter { wanted.isEmpty || ($0.name ?? "").lowercased().contains(wanted) }.map { node in
            Row(
                link: "\(path)/people?department=\(node.id)",
                label: node.name ?? "\(node.id)",
                id: node.id,
                indent: wanted.isEmpty ? min(node.depth, 8) : 0,
                count: node.people.map(visit.texts.number)
            )
        }
    }
}
