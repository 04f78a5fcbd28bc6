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
        guard let provider = place.provider else { throw PageError.notFound }
        let user = try await DirectoryUser.find(visit.query["id"], of: provider, desk.directory)
        let names = await DepartmentNames.read(Set(user.departments.map(\.id)), of: provider, visit)
        return try visit.page(
            "person",
            title: user.displayName ?? user.externalID,
            at: place,
            PersonPage(user, provider, names, visit)
        )
    }
}
