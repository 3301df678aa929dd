#include <node_api.h>
#include <map>
#include <string>

static napi_value Answer(napi_env env, napi_callback_info) {
  std::map<std::string, int> answers{{"life", 42}};
  napi_value value;
  napi_create_int32(env, answers.at("life"), &value);
  return value;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "answer", NAPI_AUTO_LENGTH, Answer, nullptr, &function);
  return function;
}
