import Hummingbird
import NIOHTTP1
import Runtime
import Web

/// The steps by which an identity provider is set up: settings and schema, what is synchronised, how fields map.
struct EditingPages: Sendable {
    let desk: Desk

    func add(to router: some RouterMethods<ConsoleContext>) {
        router.page("/idps/{idp}/edit", desk) { visit in try await settings(visit) }
        router.action("/idps/{idp}/edit", desk) { visit in
            try await visit.attempt({ try await saveSettings(visit) }, otherwise: { try await settings($0) })
        }
        router.page("/idps/{idp}/scope", desk) { visit in try await scope(visit) }
        router.action("/idps/{idp}/scope", desk) { visit in
            try await visit.attempt({ try await saveScope(visit) }, otherwise: { try await scope($0) })
        }
        router.page("/idps/{idp}/mapping", desk) { visit in try await mapping(visit) }
        router.action("/idps/{idp}/mapping", desk) { visit in
            if visit.form["go"] == "look" { return try await mapping(visit) }
            return try await visit.attempt({ try await saveMapping(visit) }, otherwise: { try await mapping($0) })
        }
    }

    private func settings(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.editing)
        guard let provider = place.provider else { throw PageError.notFound }
        return try visit.page(
            "edit",
            title: visit.texts["nav.editing"],
            at: place,
            SettingsForm(of: provider, visit)
        )
    }

    private func saveSettings(_ visit: Visit) async throws -> Response {
        try await save(visit, SettingsForm.body(of: visit.form, isNew: false), next: "scope")
    }

    private func scope(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.editing)
        guard let provider = place.provider else { throw PageError.notFound }
        let tree = await DepartmentTree.read(of: provider, visit)
        return try visit.page(
            "scope",
            title: visit.texts["scope.title"],
            at: place,
            ScopeForm(provider, tree, visit)
        )
    }

    private func saveScope(_ visit: Visit) async throws -> Response {
        var scope: [String: JSON] = ["kind": .string(visit.form["kind"] == "departments" ? "departments" : "all")]
        if visit.form["kind"] == "departments" {
            scope["departments"] = .array(visit.form.all("department").compactMap { Int64($0).map(JSON.integer) })
        }
        return try await save(visit, ["scope": .object(scope)], next: "mapping")
    }

    private func mapping(_ visit: Visit) async throws -> Response {
        let place = try await visit.place(.mapping)
        guard let provider = place.provider else { throw PageError.notFound }
        let typed = visit.form["version"] == nil ? nil : MappingEntries(visit.form, provider)
        var trial = MappingTrial(
            language: try await visit.registry.get(
                "/api/v1/idps/\(provider.id)/mapping/functions",
                as: MappingLanguage.self
            )
        )
        trial.obstacle = visit.problem
        if provider.authorization.state == .authorized, visit.may(.operator) {
            do {
                let preview = try await look(visit, provider, typed)
                trial.preview = preview
                trial.stored = await stored(preview.people.first, of: provider)
            } catch let problem as APIProblem {
                trial.obstacle = problem
                // With a mistake in what was typed, people are shown by the saved rules.
                if typed != nil { trial.fallback = try? await look(visit, provider, nil) }
                trial.stored = await stored(trial.fallback?.people.first, of: provider)
            }
        }
        return try visit.page(
            "mapping",
            title: visit.texts["mapping.title"],
            at: place,
            MappingForm(provider, typed, trial, visit)
        )
    }

    /// What the mapping makes of somebody real.
    private func look(
        _ visit: Visit,
        _ provider: IdentityProvider,
        _ typed: MappingEntries?
    ) async throws -> MappingPreview {
        var body = typed?.change ?? [:]
        body["count"] = .integer(100)
        if let person = visit.form["person"] ?? visit.query["person"] { body["user"] = .string(person) }
        return try await visit.registry.send(
            .POST,
            "/api/v1/idps/\(provider.id)/mapping/preview",
            .object(body),
            terms: ServiceAPI.Terms(patience: .seconds(30)),
            as: MappingPreview.self
        )
    }

    /// Somebody whom the mapping is tried with, as the directory has them now.
    private func stored(_ person: MappingPreview.Person?, of provider: IdentityProvider) async -> DirectoryUser? {
        guard let person else { return nil }
        let page = try? await desk.directory.get(
            "/api/v1/idps/\(provider.id)/users",
            [("externalID", person.externalID), ("limit", "1")],
            as: Listed<DirectoryUser>.self
        )
        return page?.items.first
    }

    private func saveMapping(_ visit: Visit) async throws -> Response {
        let provider = try await visit.provider
        return try await save(visit, MappingEntries(visit.form, provider).change, next: nil, done: "mappingSaved")
    }

    /// Saves a step, and leads to the next one or stays, as the button says.
    private func save(_ visit: Visit, _ change: [String: JSON], next: String?, done: String = "saved") async throws
        -> Response
    {
        let id = try visit.id("idp")
        try await visit.registry.send(.PATCH, "/api/v1/idps/\(id)", .object(change), terms: visit.changeTerms)
        let base = "/idps/\(id)"
        guard visit.form["go"] == "next" else { return visit.redirect(to: visit.request.uri.path, done: done) }
        return visit.redirect(to: next.map { "\(base)/\($0)" } ?? base, done: done)
    }
}
