/*
 * A Node-API addon for Linux with one function, which makes a system call.
 *
 * The JavaScript function takes seven numbers: the number of the system call and its arguments. It returns the result,
 * which is negative for an error.
 *
 * ./scripts/compile-machine-code compiles this file to machine_code.ts. Without the C library, it is small and runs with
 * glibc and musl.
 */

/* Of node_api.h: https://nodejs.org/api/n-api.html. */
typedef struct environment *napi_env;
typedef struct value *napi_value;
typedef struct call_information *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);
int napi_create_function(napi_env, const char *name, unsigned long length, napi_callback, void *data, napi_value *result);
int napi_get_cb_info(napi_env, napi_callback_info, unsigned long *count, napi_value *values, napi_value *this, void **data);
int napi_get_value_int64(napi_env, napi_value, long *result);
int napi_create_int64(napi_env, long number, napi_value *result);

enum { NUMBERS = 7 };

static long system_call(const long numbers[NUMBERS])
{
#if defined(__x86_64__)
    long result = numbers[0];
    register long fourth __asm__("r10") = numbers[4];
    register long fifth __asm__("r8") = numbers[5];
    register long sixth __asm__("r9") = numbers[6];
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(numbers[1]), "S"(numbers[2]), "d"(numbers[3]), "r"(fourth), "r"(fifth), "r"(sixth)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long result __asm__("x0") = numbers[1];
    register long second __asm__("x1") = numbers[2];
    register long third __asm__("x2") = numbers[3];
    register long fourth __asm__("x3") = numbers[4];
    register long fifth __asm__("x4") = numbers[5];
    register long sixth __asm__("x5") = numbers[6];
    register long which __asm__("x8") = numbers[0];
    __asm__ volatile("svc 0"
                     : "+r"(result)
                     : "r"(second), "r"(third), "r"(fourth), "r"(fifth), "r"(sixth), "r"(which)
                     : "memory");
    return result;
#endif
}

static napi_value call(napi_env environment, napi_callback_info information)
{
    unsigned long count = NUMBERS;
    napi_value values[NUMBERS];
    long numbers[NUMBERS];
    napi_value result = 0;

    napi_get_cb_info(environment, information, &count, values, 0, 0);
    for (int index = 0; index < NUMBERS; index++) napi_get_value_int64(environment, values[index], &numbers[index]);
    napi_create_int64(environment, system_call(numbers), &result);
    return result;
}

/* Node-API calls this function when the addon is loaded. Its result replaces the exports. */
__attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env environment, napi_value exports)
{
    napi_value function = exports;
    napi_create_function(environment, "systemCall", sizeof "systemCall" - 1, call, 0, &function);
    return function;
}
