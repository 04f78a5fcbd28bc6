import Mapping
import Messages
import Pipeline
import Synchronization

/// The rules of every identity provider, compiled once a revision.
final class Mappings: Sendable {
    private struct Known {
        var revision: Revision
        var mapping: CompiledMapping
    }

    private struct State {
        var known: [IdentityProviderID: Known] = [:]
        /// The revisions that runs were started with.
        var expected: [IdentityProviderID: Revision] = [:]
        /// Those that did not come in time, so that neither every page nor every run waits for them.
        var missed: [IdentityProviderID: Revision] = [:]
    }

    private let configurations: ConfigurationTable
    private let patience: Duration
    private let state = Mutex(State())

    /// - Parameter patience: How long a page waits for the revision that its run was started with.
    init(configurations: ConfigurationTable, patience: Duration = .seconds(30)) {
        self.configurations = configurations
        self.patience = patience
    }

    /// A run was started with this revision: its pages are mapped by no older one.
    func expect(_ revision: Revision, of identityProvider: IdentityProviderID) {
        state.withLock { state in
            state.expected[identityProvider] = max(revision, state.expected[identityProvider] ?? revision)
        }
    }

    /// The newest rules, compiled.
    ///
    /// - Throws: ``Unmappable`` when the revision that is needed is not known in time, or when the identity
    ///   provider is another tenant's.
    func mapping(of identityProvider: IdentityProviderID, tenant: TenantID) async throws -> CompiledMapping {
        let configuration = try await configuration(of: identityProvider)
        guard configuration.tenant == tenant else { throw Unmappable("the identity provider is another tenant's") }
        return compiled(configuration)
    }

    private func configuration(of identityProvider: IdentityProviderID) async throws -> IdentityProviderConfiguration {
        let (revision, missed) = state.withLock { state in
            (state.expected[identityProvider], state.missed[identityProvider])
        }
        let needed = revision ?? Revision(rawValue: 0)
        if let configuration = configurations.configuration(identityProvider), configuration.revision >= needed {
            return configuration
        }
        guard missed.map({ $0 < needed }) ?? true else { throw Self.unknown(needed) }
        do {
            return try await configurations.wait(for: identityProvider, revision: needed, within: patience)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            state.withLock { $0.missed[identityProvider] = needed }
            throw Self.unknown(needed)
        }
    }

    private func compiled(_ configuration: IdentityProviderConfiguration) -> CompiledMapping {
        state.withLock { state in
            if let known = state.known[configuration.id], known.revision == configuration.revision {
                return known.mapping
            }
            let mapping = CompiledMapping(configuration.mapping, extendedFields: configuration.extendedFields)
            state.known[configuration.id] = Known(revision: configuration.revision, mapping: mapping)
            return mapping
        }
    }

    private static func unknown(_ revision: Revision) -> Unmappable {
        Unmappable("revision \(revision) of the identity provider's configuration is not known")
    }
}
