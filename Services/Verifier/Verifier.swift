import Runtime

/// `auth-verifier`: the OpenID provider that employees log on at.
@main
struct VerifierProgram {
    static func main() async {
        await Program.run("auth-verifier", port: Settings.defaultPort) { environment, context in
            let settings = try Settings.read(environment)
            let wiring = try await Wiring(settings, context)
            return wiring.services
        }
    }
}
