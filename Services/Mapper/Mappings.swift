import Mapping
import Messages
import Pipeline
import Synchronization

/// The rules of every identity provider, compiled once a number.
///
/// A run is mapped by one set of rules, those of its terms: a configuration with that number serves, whatever its
/// revision (architecture.md §3.2).
final class Mappings: Sendable {
    private struct Known {
        let number: MappingNumber
        let tenant: TenantID
        let mapping: CompiledMapping
    }

    private struct State {
        /// The rules that were used last: a run that has begun with them ends with them.
        var known: [IdentityProviderID: Known] = [:]
        /// Those that did not come in time, so that not every run waits for them.
        var missed: [IdentityProviderID: MappingNumber] = [:]
    }

    private let configurations: ConfigurationTable
    private let patience: Duration
    private let state = Mutex(State())

    /// - Parameter patience: How long a run waits for its rules.
    init(configurations: ConfigurationTable, patience: Duration = .seconds(30)) {
        self.configurations = configurations
        self.patience = patience
    }

    /// The rules of that number, compiled.
    ///
    /// - Throws: ``Unmappable`` when there are only others, when none come in time, or when the identity provider is
    ///   another tenant's; `CancellationError`.
    func mapping(
        _ number: MappingNumber,
        of identityProvider: IdentityProviderID,
        tenant: TenantID
    ) async throws -> CompiledMapping {
        let known = state.withLock { $0.known[identityProvider] }
        if let known, known.number == number, known.tenant == tenant { return known.mapping }
        let configuration = try await configuration(with: number, of: identityProvider)
        guard configuration.tenant == tenant else {
            throw Unmappable(endingRun: "The identity provider is another tenant's.", cause: .foreignTenant)
        }
        guard configuration.mappingNumber == number else {
            throw Unmappable(
                endingRun: "The mapping rules were changed after the run was started.",
                cause: .mappingChanged
            )
        }
        return try compile(configuration)
    }

    /// A configuration with that number or a higher one.
    private func configuration(
        with number: MappingNumber,
        of identityProvider: IdentityProviderID
    ) async throws -> IdentityProviderConfiguration {
        let changes = configurations.changes()
        if let configuration = configurations.configuration(identityProvider), configuration.mappingNumber >= number {
            return configuration
        }
        let wasMissed = state.withLock { $0.missed[identityProvider].map { $0 >= number } ?? false }
        let configuration = wasMissed ? nil : try await next(number, of: identityProvider, changes)
        guard let configuration else {
            state.withLock { $0.missed[identityProvider] = number }
            throw Unmappable(endingRun: "The run's mapping rules did not reach the mapper.", cause: nil)
        }
        return configuration
    }

    /// The first to come with that number or a higher one; `nil` when none does in time.
    private func next(
        _ number: MappingNumber,
        of identityProvider: IdentityProviderID,
        _ changes: AsyncStream<IdentityProviderConfiguration>
    ) async throws -> IdentityProviderConfiguration? {
        try await withThrowingTaskGroup(of: IdentityProviderConfiguration?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                for await new in changes where new.id == identityProvider && new.mappingNumber >= number { return new }
                throw CancellationError()
            }
            group.addTask { [patience] in
                try await Task.sleep(for: patience)
                return nil
            }
            return try await group.next() ?? nil
        }
    }

    /// - Throws: ``Unmappable`` where an expression is of a newer language than this code reads: to leave it out would
    ///   map people otherwise than was asked for.
    private func compile(_ configuration: IdentityProviderConfiguration) throws -> CompiledMapping {
        let mapping = CompiledMapping(configuration)
        guard mapping.isReadable else {
            throw Unmappable(endingRun: "The mapper cannot read an expression of the mapping.", cause: nil)
        }
        let known = Known(number: configuration.mappingNumber, tenant: configuration.tenant, mapping: mapping)
        state.withLock { state in
            state.known[configuration.id] = known
            state.missed[configuration.id] = nil
        }
        return mapping
    }
}
