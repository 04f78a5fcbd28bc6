import Runtime

/// `idp-registry`: tenants, identity providers, their authorization in WeCom, runs and their schedule.
@main
struct RegistryProgram {
    static func main() async {
        await Program.run("idp-registry", port: Settings.usualPort) { environment, context in
            try await Services.make(try Settings(environment), context)
        }
    }
}
